// A process of the product's instances. Cases use the same processes, each with instances of its own in them.
import { openInstance } from './instance.mjs';

const instances = new Map();

const perform = async ({ instance: number, open, cards, close, job, ...parameters }) => {
  if (open !== undefined) {
    instances.set(number, await openInstance(open, cards));
    return undefined;
  }
  const instance = instances.get(number);
  if (close !== true) return instance.jobs[job](parameters);
  instances.delete(number);
  return instance.close();
};

process.on('message', ({ id, ...parameters }) => {
  perform(parameters).then(
    (answer) => process.send({ id, answer }),
    (error) => process.send({ id, error: String(error?.stack ?? error) }),
  );
});
process.on('disconnect', () => {
  void Promise.all([...instances.values()].map((one) => one.close())).then(() => process.exit(0));
});
process.send({ ready: true });
