/** From the form of a scenario to the changes that the API takes. Pure. */

const number = (text) => (text === "" || text === undefined ? null : Number(text));
const words = (text) => (text ?? "").split(",").map((word) => word.trim()).filter(Boolean);

/** `values` by field name, lists where several can be chosen. What is left empty is no change. */
export function bodyOf(values) {
  const changes = [];
  if (values.file) {
    const { name, content } = values.file;
    changes.push({ kind: "demand_file", branch_id: values.file_branch, name, business_date: values.file_date, content });
  }
  if (number(values.more)) {
    const skills = words(values.more_skills);
    changes.push({
      kind: "add_agents", branch_id: values.more_branch, number: number(values.more),
      like_agent_id: values.more_like || null, ...(skills.length && { skills }),
    });
  }
  if (values.out?.length) {
    changes.push({ kind: "leave_out_agents", agent_ids: values.out, ...(values.others_keep && { others_keep: true }) });
  }
  const [share, most] = [number(values.share), number(values.most)];
  if (share !== null || most !== null) {
    changes.push({ kind: "set_capacity", ...(share !== null && { share: share / 100 }), ...(most !== null && { max_cases: most }) });
  }
  if (values.split) {
    const [branch_id, territory] = JSON.parse(values.split);
    changes.push({
      kind: "split_territory", branch_id, territory,
      first_agent_ids: values.split_first, second_agent_ids: values.split_second,
    });
  }
  if (values.close) changes.push({ kind: "close_branch", branch_id: values.close });
  if (values.together) {
    const branch_ids = values.branch_ids.filter((id) => id !== values.close);
    changes.push({ kind: "take_together", branch_ids });
  }
  const weights = Object.fromEntries(
    ["disturbance_min", "continuity_min", "fairness_min", "overload_visits"]
      .map((name) => [name, number(values[name])])
      .filter(([, value]) => value !== null),
  );
  if (Object.keys(weights).length) changes.push({ kind: "set_weights", ...weights });
  return {
    name: values.name, branch_ids: values.branch_ids, changes, with_rounds: Boolean(values.with_rounds),
    ...(values.day && { day: values.day }),
  };
}
