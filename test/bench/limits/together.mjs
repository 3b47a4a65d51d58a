// Runs cases beside each other. What they start shares the machine, so that no load begins before all are ready.

/** Resolves once every member has arrived or left. */
const barrier = (members) => {
  const awaited = new Set(members);
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  const leave = (member) => {
    awaited.delete(member);
    if (awaited.size === 0) open();
  };
  return { arrive: (member) => (leave(member), opened), leave };
};

/** Cases in their order, as batches of one group each with up to `most`; a case without a group is a batch of its own. */
export const batchesOf = (cases, most) => {
  const batches = [];
  for (const one of cases) {
    const found = batches.find(
      (batch) => one.group !== undefined && batch[0].group === one.group && batch.length < most,
    );
    if (found === undefined) batches.push([one]);
    else found.push(one);
  }
  return batches;
};

/** What each case of a batch measured, in the batch's order. `run(case, ready)` awaits `ready()` before its load begins. */
export const runTogether = (batch, run) => {
  const gate = barrier(batch);
  return Promise.all(batch.map((one) => run(one, () => gate.arrive(one)).finally(() => gate.leave(one))));
};
