using System.Security.Cryptography;
using System.Text;

using Platform.Data;

namespace Platform.Audit;

/// <summary>
/// The hash of an audit entry: lower-case hex of SHA-256 over the UTF-8 text of its previous entry's hash (64 hex digits, 64 zeros for the first) followed by
/// the entry's canonical form. No secret is part of it, so anybody can recompute a chain from the rows.
/// <para>
/// The canonical form is one line per field, each ended by a line feed, in this order: <c>version</c> (<c>1</c>), <c>chain</c>, <c>sequence</c>, <c>id</c>,
/// <c>timestamp</c>, <c>organization_id</c>, <c>project_id</c>, <c>actor_id</c>, <c>actor_type</c>, <c>token_id</c>, <c>impersonator_id</c>, <c>action</c>,
/// <c>alias</c>, <c>resource_type</c>, <c>resource_id</c>, <c>resource_name</c>, <c>outcome</c>, <c>reason</c>, <c>request_id</c>, <c>changes</c>,
/// <c>metadata</c>. A line is <c>name=length:value</c> with the value's length in UTF-8 bytes, or <c>name=-</c> for an absent value, so that no value can look
/// like another field. Ids are lower case with hyphens, the timestamp is ISO 8601 in UTC with milliseconds and <c>Z</c>, enums are their stored words,
/// numbers decimal, JSON is as <see cref="CanonicalJson"/> writes it.
/// </para>
/// Left out are <c>actor_name</c>, <c>ip_address</c> and <c>user_agent</c>: they may be blanked when a person is deleted.
/// </summary>
public static class AuditHash
{
    public static string Of(AuditEntry entry, string previousHash) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(previousHash + CanonicalForm(entry))));

    internal static string CanonicalForm(AuditEntry entry)
    {
        var text = new StringBuilder();
        Add(text, "version", "1");
        Add(text, "chain", entry.Chain);
        Add(text, "sequence", entry.Sequence?.ToString());
        Add(text, "id", entry.Id);
        Add(text, "timestamp", WireTime.ToText(entry.Timestamp));
        Add(text, "organization_id", entry.OrganizationId);
        Add(text, "project_id", entry.ProjectId);
        Add(text, "actor_id", entry.ActorId);
        Add(text, "actor_type", EnumWords<AuditActor>.ToWord(entry.ActorType));
        Add(text, "token_id", entry.TokenId);
        Add(text, "impersonator_id", entry.ImpersonatorId);
        Add(text, "action", entry.Action);
        Add(text, "alias", entry.Alias);
        Add(text, "resource_type", entry.ResourceType);
        Add(text, "resource_id", entry.ResourceId);
        Add(text, "resource_name", entry.ResourceName);
        Add(text, "outcome", EnumWords<AuditOutcome>.ToWord(entry.Outcome));
        Add(text, "reason", entry.Reason);
        Add(text, "request_id", entry.RequestId);
        Add(text, "changes", CanonicalJson.Of(entry.Changes));
        Add(text, "metadata", CanonicalJson.Of(entry.Metadata));
        return text.ToString();
    }

    private static void Add(StringBuilder text, string name, Guid? value) => Add(text, name, value?.ToString("D"));

    private static void Add(StringBuilder text, string name, string? value)
    {
        text.Append(name).Append('=');
        if (value is null)
            text.Append('-');
        else
            text.Append(Encoding.UTF8.GetByteCount(value)).Append(':').Append(value);
        text.Append('\n');
    }
}
