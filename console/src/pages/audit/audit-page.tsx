import { ConsoleAuditVerificationDocument } from '../../api/documents';
import { useAsk } from '../../api/use-ask';
import { useIsAdmin } from '../../app/permissions';
import { useTexts } from '../../i18n/language';
import { usePages } from '../../list/use-pages';
import { StateView } from '../../states/state-view';
import { EntriesPanel } from './entries-panel';
import { auditTexts } from './texts';
import { VerificationPanel } from './verification-panel';
import './audit.css';

/** Who did what, and whether the records are as they were written. */
const AuditPage = () => {
  const t = useTexts(auditTexts);
  const isAdmin = useIsAdmin();
  const variables = isAdmin ? {} : undefined;
  const query = useAsk(ConsoleAuditVerificationDocument, variables);
  const files = usePages({
    document: ConsoleAuditVerificationDocument,
    variables,
    query,
    pick: ({ auditVerification: found }) => found && { ...found, nodes: found.files },
    keyOf: ({ fileName }) => fileName,
  });
  const { asked } = query;
  const problem = asked.state === 'answered' ? asked.problems[0] : undefined;
  if (!isAdmin) return <StateView kind="forbidden" title={t.needsAdmin} text={t.needsAdminAdvice} />;
  if (problem?.code === 'MISCONFIGURED')
    return <StateView kind="empty" title={t.notConfigured} text={problem.message} details={problem.hint} />;
  return (
    <div className="audit">
      <VerificationPanel query={query} list={files} />
      <EntriesPanel files={files.nodes} />
    </div>
  );
};

export default AuditPage;
