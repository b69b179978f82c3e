using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.DeadLetters;

/// <summary>Sets the retry policy of a topic: an operator the platform's, everybody else that of the active organization. It holds for messages that fail from now on.</summary>
public sealed class SetDeadLetterPolicy(PlatformDbContext db, Caller caller, DeadLetterPolicies policies, AuditTrail audit)
{
    /// <summary>The stored name of the topic.</summary>
    public async Task<Result<string>> SetAsync(string name, DeadLetterPolicy policy, CancellationToken ct)
    {
        if (policies.FindTopic(name) is not { } topic)
            return DeadLetterErrors.TopicUnknown(name);

        var organization = caller.IsOperator ? null : caller.OrganizationId;
        return await db.InTransactionAsync<Result<string>>(
            async () =>
            {
                audit.Target("dlq_policy", topic);
                audit.Change("policy", await policies.FindAsync(organization, topic, ct), policy);
                audit.Note("scope", organization is null ? "platform" : "organization");
                await policies.StoreAsync(organization, topic, policy, ct);
                await db.SaveChangesAsync(ct);
                return topic;
            },
            ct);
    }
}
