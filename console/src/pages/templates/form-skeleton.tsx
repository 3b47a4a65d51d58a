import { Skeleton } from 'tdesign-react/es/skeleton';

/** The shape of the editor while its template is loaded. */
export const FormSkeleton = () => (
  <div className="editor">
    <div className="panel">
      <Skeleton animation="gradient" rowCol={[{ width: '30%' }, 1, 1, 1, 1, { width: '60%' }]} />
    </div>
    <div className="panel editor__preview">
      <Skeleton animation="gradient" rowCol={[{ height: '150px' }, { width: '60%' }]} />
    </div>
  </div>
);
