import { MoonIcon, SunnyIcon, TranslateIcon } from 'tdesign-icons-react';
import { Button } from '../form/button';
import { useLanguage, useTexts } from '../i18n/language';
import { appTexts } from './texts';
import { useTheme } from './theme';

/** Language and dark mode. */
export const Preferences = () => {
  const t = useTexts(appTexts);
  const { language, choose } = useLanguage();
  const [theme, toggleTheme] = useTheme();
  return (
    <div className="preferences">
      <Button
        variant="text"
        shape="square"
        aria-label={theme === 'light' ? t.toDark : t.toLight}
        icon={theme === 'light' ? <MoonIcon /> : <SunnyIcon />}
        onClick={toggleTheme}
      />
      <Button
        variant="text"
        icon={<TranslateIcon />}
        onClick={() => {
          choose(language === 'zh' ? 'en' : 'zh');
        }}
      >
        {/* In the language that it leads to. */}
        <span lang={language === 'zh' ? 'en' : 'zh-CN'}>{language === 'zh' ? 'English' : '中文'}</span>
      </Button>
    </div>
  );
};
