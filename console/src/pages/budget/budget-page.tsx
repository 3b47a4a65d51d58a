import { ThrottlePanel } from './throttle-panel';
import { UsePanel } from './use-panel';
import './budget.css';

/** Why something is slow: the call budget, and who uses it. */
const BudgetPage = () => (
  <div className="budget">
    <ThrottlePanel />
    <UsePanel />
  </div>
);

export default BudgetPage;
