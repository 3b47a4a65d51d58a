const TemplatesPage = () => null;
export default TemplatesPage;
