import { TestEnvironment } from 'jest-environment-node';

/** Skips the tests after the first that fails: one is enough. Jest's own `--bail` counts files. */
export default class UntilRed extends TestEnvironment {
  #isRed = false;

  handleTestEvent({ name, test, describeBlock }) {
    if (name === 'test_done' && test.errors.length > 0) this.#isRed = true;
    if (!this.#isRed) return;
    if (name === 'test_start') test.mode = 'skip';
    if (name === 'run_describe_start') describeBlock.mode = 'skip';
  }
}
