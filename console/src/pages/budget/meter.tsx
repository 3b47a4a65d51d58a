interface MeterProps {
  /** From 0 to 1. */
  readonly share: number;
  readonly label: string;
  /** Nothing is left. */
  readonly isFull?: boolean;
}

/** A horizontal bar of a share. */
export const Meter = ({ share, label, isFull = false }: MeterProps) => (
  <div
    className={isFull ? 'meter meter--full' : 'meter'}
    role="meter"
    aria-label={label}
    aria-valuemin={0}
    aria-valuemax={100}
    aria-valuenow={Math.round(share * 100)}
  >
    <span className="meter__bar" style={{ width: `${Math.round(share * 100)}%` }} />
  </div>
);
