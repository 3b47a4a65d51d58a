/** Lists the reviewed operations by group. `choose` is called with the one that is clicked. */
export const showOperations = (nav, operations, choose) => {
  const groups = new Map();
  for (const operation of operations)
    groups.set(operation.group, [...(groups.get(operation.group) ?? []), operation]);
  for (const [group, members] of groups) {
    const details = document.createElement('details');
    details.open = true;
    const summary = document.createElement('summary');
    summary.textContent = group;
    const list = document.createElement('ul');
    for (const operation of members) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = operation.name;
      button.addEventListener('click', () => choose(operation));
      const item = document.createElement('li');
      item.append(button);
      list.append(item);
    }
    details.append(summary, list);
    nav.append(details);
  }
};
