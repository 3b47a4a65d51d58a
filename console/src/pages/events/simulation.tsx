import { useState } from 'react';
import { DeleteIcon, UserAddIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import { useNotify } from '../../app/notices';
import { useSession } from '../../app/session';
import { settings } from '../../app/settings';
import { useTexts } from '../../i18n/language';
import { eventTexts } from './texts';

interface SimulatedCard {
  readonly userCardCode: string;
}

const act = async (path: string, body: unknown): Promise<SimulatedCard | undefined> => {
  try {
    const response = await fetch(`${settings.basePath}/console/simulation/${path}`, {
      method: 'POST',
      // A page of another site cannot send it.
      headers: { 'x-console': '1', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.ok ? ((await response.json()) as SimulatedCard) : undefined;
  } catch {
    return undefined;
  }
};

/** Lets made-up users open and delete cards at the sandbox. */
export const Simulation = () => {
  const t = useTexts(eventTexts);
  const notify = useNotify();
  const { brand } = useSession();
  const [opened, setOpened] = useState<readonly string[]>([]);
  const last = opened.at(-1);
  const open = async () => {
    const card = await act('open-card', { brandId: brand.brandId });
    if (card === undefined) {
      notify(t.failed);
      return;
    }
    setOpened((others) => [...others, card.userCardCode]);
    notify(t.opened(card.userCardCode));
  };
  const remove = async (userCardCode: string) => {
    const card = await act('delete-card', { brandId: brand.brandId, userCardCode });
    setOpened((others) => others.filter((one) => one !== userCardCode));
    notify(card === undefined ? t.failed : t.removed(userCardCode));
  };
  return (
    <section className="panel simulation">
      <div>
        <h2 className="panel__title">{t.simulate}</h2>
        <p className="hint">{t.simulateHint}</p>
      </div>
      <div className="simulation__buttons">
        <Button icon={<UserAddIcon />} onClick={() => void open()}>
          {t.open}
        </Button>
        <Button
          theme="default"
          icon={<DeleteIcon />}
          disabled={last === undefined}
          onClick={() => {
            if (last !== undefined) void remove(last);
          }}
        >
          {t.remove}
        </Button>
      </div>
    </section>
  );
};
