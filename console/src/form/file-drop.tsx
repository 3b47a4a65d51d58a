import { useState, type DragEvent, type ReactNode } from 'react';
import { UploadIcon } from 'tdesign-icons-react';
import './file-drop.css';

interface FileDropProps {
  readonly title: string;
  readonly hint: ReactNode;
  /** As the attribute `accept` of an input. */
  readonly accept: string;
  readonly isDisabled?: boolean;
  /** There is a file already: one line. */
  readonly isSmall?: boolean;
  readonly onFile: (file: File) => void;
}

/** A place to drop a file at, or to choose one with mouse or keyboard. */
export const FileDrop = ({
  title,
  hint,
  accept,
  isDisabled = false,
  isSmall = false,
  onFile,
}: FileDropProps) => {
  const [isOver, setIsOver] = useState(false);
  const over = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(!isDisabled);
  };
  return (
    <label
      className={[
        'drop',
        isOver ? 'drop--over' : '',
        isDisabled ? 'drop--disabled' : '',
        isSmall ? 'drop--small' : '',
      ]
        .filter(Boolean)
        .join(' ')}
      onDragOver={over}
      onDragLeave={() => {
        setIsOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        const [file] = event.dataTransfer.files;
        if (file !== undefined && !isDisabled) onFile(file);
      }}
    >
      <input
        type="file"
        className="visually-hidden"
        accept={accept}
        disabled={isDisabled}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          // So that the same file can be chosen again after it was mended.
          event.target.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
      <UploadIcon size={isSmall ? '20px' : '28px'} />
      <span className="drop__title">{title}</span>
      {!isSmall && <span className="hint">{hint}</span>}
    </label>
  );
};
