import time
from tests.collection.portfolio.test_import_demand import *  # noqa
from tests.collection.portfolio.test_import_demand import lender as lender  # fixture
import collection.portfolio.import_demand as m
async def test_hundred_thousand(lender):
    t=time.perf_counter(); last=[("start",t)]
    lines=[lender.line(n, promise_due_date=MONDAY if n%7==0 else "", promise_amount=100 if n%7==0 else "") for n in range(100_000)]
    content=csv(*lines)
    print(len(content)/1e6,"MB")
    async with lender.database.transaction(EVERYTHING) as session:
        def told(w,s): last.append((w,time.perf_counter()))
        t=time.perf_counter()
        r=await import_demand(session, lender.branch, NewDemandFile(content,"x",MONDAY), MONDAY_NINE, nowhere, told=told)
        last.append(("done",time.perf_counter()))
        n=await draw_fences(session, MONDAY_NINE)
        last.append(("fences",time.perf_counter()))
    last.append(("commit",time.perf_counter()))
    print(r.rows_loaded,n)
    for (a,x),(b,y) in zip(last[1:],last[2:]): print(f"{a:25s} {y-x:.2f}")
    print("total", last[-1][1]-t)
    t=time.perf_counter()
    content=csv(*[l|{"pos":399_000} for l in lines])
    last=[]
    async with lender.database.transaction(EVERYTHING) as session:
        t=time.perf_counter()
        r=await import_demand(session, lender.branch, NewDemandFile(content,"y",TUESDAY), MONDAY_NINE, nowhere, told=told)
        last.append(("done",time.perf_counter()))
        n=await draw_fences(session, MONDAY_NINE)
        last.append(("fences",time.perf_counter()))
    for (a,x),(b,y) in zip(last,last[1:]): print(f"{a:25s} {y-x:.2f}")
    print("second", time.perf_counter()-t, r.rows_loaded)
