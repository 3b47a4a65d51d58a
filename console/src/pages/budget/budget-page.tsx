const BudgetPage = () => null;
export default BudgetPage;
