import { Skeleton } from 'tdesign-react/es/skeleton';

/** The shape of a card while it is loaded. */
export const CardSkeleton = () => (
  <div className="member">
    <div className="panel member__face">
      <Skeleton
        animation="gradient"
        rowCol={[
          { width: '100%', height: '150px' },
          { width: '148px', height: '148px' },
        ]}
      />
    </div>
    <div className="panel member__facts">
      <Skeleton animation="gradient" rowCol={[{ width: '30%' }, 1, 1, 1, 1, { width: '60%' }]} />
    </div>
  </div>
);
