using Microsoft.EntityFrameworkCore;

using Platform.Data;
using Platform.Events;

namespace Platform.DeadLetters;

/// <summary>Which retry policy is in force, and the topics that can have one.</summary>
public sealed class DeadLetterPolicies(PlatformDbContext db, DatabaseSettings settings, EventCatalog catalog, TimeProvider clock)
{
    private static readonly Guid PlatformScope = Guid.Empty;

    /// <summary>The organization's for the topic, else the platform's, else the built-in one of the topic, else the default.</summary>
    public async Task<DeadLetterPolicy> ResolveAsync(Guid? organizationId, string topic, CancellationToken ct)
    {
        var organization = organizationId ?? PlatformScope;
        var stored = await db.StoredDeadLetterPolicies.AsNoTracking().Where(p => p.Topic == topic && (p.Scope == organization || p.Scope == PlatformScope)).ToListAsync(ct);
        return (stored.Find(p => p.Scope == organization) ?? stored.Find(p => p.Scope == PlatformScope))?.Read() ?? BuiltInDeadLetterPolicies.Of(topic);
    }

    /// <summary>The name of a topic as it is stored; null when there is no such topic. A hyphen counts as an underscore.</summary>
    public string? FindTopic(string name)
    {
        var topic = name.Replace('-', '_');
        return BuiltInDeadLetterPolicies.Topics.Contains(topic) || catalog.All.Any(type => type.Topic == topic) ? topic : null;
    }

    /// <summary>The policy that was set for exactly this scope.</summary>
    internal async Task<DeadLetterPolicy?> FindAsync(Guid? organizationId, string topic, CancellationToken ct)
    {
        var scope = organizationId ?? PlatformScope;
        return (await db.StoredDeadLetterPolicies.AsNoTracking().SingleOrDefaultAsync(p => p.Scope == scope && p.Topic == topic, ct))?.Read();
    }

    /// <summary>Sets the policy of an organization, or (null) the platform's; of two at once the later stays.</summary>
    internal Task StoreAsync(Guid? organizationId, string topic, DeadLetterPolicy policy, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"""
        INSERT INTO dlq_policies (scope, topic, strategy, max_retries, base_delay_seconds, max_delay_seconds, retry_multiplier, jitter_factor, updated_at)
        VALUES ({settings.Key(organizationId ?? PlatformScope)}, {topic}, {EnumWords<RetryStrategy>.ToWord(policy.Strategy)}, {policy.MaxRetries}, {policy.BaseDelaySeconds}, {policy.MaxDelaySeconds},
            {policy.RetryMultiplier}, {policy.JitterFactor}, {settings.Instant(clock.GetUtcNow())})
        ON CONFLICT (scope, topic) DO UPDATE SET strategy = excluded.strategy, max_retries = excluded.max_retries, base_delay_seconds = excluded.base_delay_seconds,
            max_delay_seconds = excluded.max_delay_seconds, retry_multiplier = excluded.retry_multiplier, jitter_factor = excluded.jitter_factor, updated_at = excluded.updated_at
        """,
        ct);
}
