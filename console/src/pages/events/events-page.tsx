const EventsPage = () => null;
export default EventsPage;
