"""Statement files for tests, as banks write them."""

CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">
<BkToCstmrStmt><Stmt><Id>S1</Id>
<Acct><Id><Othr><Id>000123456789</Id></Othr></Id><Ccy>INR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="INR">1000.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="INR">{closing}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><DtTm>2026-11-21T18:00:00+05:30</DtTm></Dt></Bal>
{entries}
</Stmt></BkToCstmrStmt></Document>
"""

ENTRY = """<Ntry><Amt Ccy="INR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{more}
<Sts>{status}</Sts><BookgDt><Dt>2026-11-21</Dt></BookgDt><ValDt><Dt>2026-11-22</Dt></ValDt>
<AcctSvcrRef>{bank_id}</AcctSvcrRef><NtryDtls>{details}</NtryDtls>
<AddtlNtryInf>CASH DEP BR 0123</AddtlNtryInf></Ntry>"""

DETAIL = """<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>
<AmtDtls><TxAmt><Amt Ccy="INR">{amount}</Amt></TxAmt></AmtDtls>
<RltdPties><Dbtr><Nm>Ravi Kumar</Nm></Dbtr></RltdPties>
<RmtInf><Ustrd>loan installment</Ustrd></RmtInf></TxDtls>"""


def entry(
    amount: str = "500.50",
    sign: str = "CRDT",
    *,
    more: str = "",
    status: str = "BOOK",
    bank_id: str = "B1",
    details: str | None = None,
) -> str:
    inside = DETAIL.format(reference="SLIP100412", amount=amount) if details is None else details
    return ENTRY.format(
        amount=amount, sign=sign, more=more, status=status, bank_id=bank_id, details=inside
    )


def camt(*entries: str, closing: str = "1500.50", version: str = "08") -> bytes:
    return CAMT.format(version=version, closing=closing, entries="".join(entries)).encode()


MT940 = b"""{1:F01BANKINBBAXXX0000000000}{4:
:20:STMT1
:25:000123456789
:28C:1/1
:60F:C261120INR1000,00
:61:2611211121C500,50NTRFSLIP100412//BNK1
CASH DEP
:86:CASH DEP BR 0123 SLIP 100412
 BY RAVI KUMAR
:61:2611221122RC500,50NTRFNONREF//BNK2
:86:RETURNED, NOTES COUNTERFEIT
:62F:C261122INR1000,00
-}
"""

OFX = b"""OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>INR
<BANKACCTFROM><BANKID>LONGERTHANNINE<ACCTID>000123456789<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20261120<DTEND>20261122
<STMTTRN><TRNTYPE>DEP<DTPOSTED>20261121120000[+5.5:IST]<TRNAMT>500.50<FITID>F1
<CHECKNUM>100412<NAME>CASH DEP &amp; CO<MEMO>SLIP 100412</STMTTRN>
<STMTTRN><TRNTYPE>SRVCHG<DTPOSTED>20261122<TRNAMT>-5,00<FITID>F2<NAME>CHARGES</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>1495.50<DTASOF>20261122</LEDGERBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""

CSV = """Statement of account,,,,,,
Name: Field Finance Ltd,,,,,,
Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance
21/11/26,"CASH DEP, LA SERENA",100412,22/11/26,,"1,500.50","2,500.50"
22/11/26,SMS CHARGES,,22/11/26,5.00,,"2,495.50"
** end of statement **,,,,,,
"""
