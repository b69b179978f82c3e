using Platform.Audit;
using Platform.Events;

namespace Platform.Data;

/// <summary>What a unit of work needs beside its connection; one instance per process, so that contexts stay cheap to create.</summary>
internal sealed record UnitOfWorkServices(EventStamp Events, EventAppender EventAppender, EventGroup EventGroup, WriteGate Writes, AfterCommit AfterCommit, AuditSignal Audit);
