import { TestEnvironment } from 'jest-environment-node';

/** A test that waits for ever says so after this time at the latest, whatever its file allows, ms. */
const maxTestMs = 100_000;

/** With the option `isUntilRed`, skips the tests after the first that fails: one is enough. Jest's own `--bail` counts files. */
export default class GuardEnvironment extends TestEnvironment {
  #isUntilRed;
  #isRed = false;

  constructor(config, context) {
    super(config, context);
    this.#isUntilRed = config.projectConfig.testEnvironmentOptions.isUntilRed === true;
  }

  handleTestEvent({ name, test, describeBlock }, { testTimeout }) {
    if (name === 'test_done' && test.errors.length > 0) this.#isRed = true;
    if (name === 'test_start') test.timeout = Math.min(test.timeout ?? testTimeout, maxTestMs);
    if (!this.#isUntilRed || !this.#isRed) return;
    if (name === 'test_start') test.mode = 'skip';
    if (name === 'run_describe_start') describeBlock.mode = 'skip';
  }
}
