import { createRoot } from 'react-dom/client';
import 'tdesign-react/es/style/index.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/states.css';
import { App } from './app/app';
import { LanguageProvider } from './i18n/language';

const place = document.getElementById('console');
if (place !== null)
  createRoot(place).render(
    <LanguageProvider>
      <App />
    </LanguageProvider>,
  );
