import { HealthPanel } from './health-panel';
import { ThrottlePanel } from './throttle-panel';
import { UsePanel } from './use-panel';
import './budget.css';

/** Why something is slow: what is wrong, the call budget, and who uses it. */
const BudgetPage = () => (
  <div className="budget">
    <HealthPanel />
    <ThrottlePanel />
    <UsePanel />
  </div>
);

export default BudgetPage;
