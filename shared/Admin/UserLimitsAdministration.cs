using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Admin;

/// <summary>Operators read, replace and take away a user's exceptions from rate limits; in force at once here, within two seconds elsewhere.</summary>
public sealed class UserLimitsAdministration(PlatformDbContext db, RateRules rules, SessionDirectory sessions, AuditTrail audit, TimeProvider clock)
{
    private const int MostRequests = 10_000_000;

    public RateRulesView Defaults => new(rules.Enabled, rules.Algorithm, [.. rules.All.Select(RateRuleView.Of)]);

    public async Task<Result<UserLimitsView>> GetAsync(Guid userId, CancellationToken ct) =>
        await db.Users.AnyAsync(user => user.Id == userId, ct) ? await ShowAsync(userId, ct) : IdentityErrors.UserNotFound;

    public Task<Result<UserLimitsView>> ReplaceAsync(Guid userId, UserLimitsReplacement wanted, CancellationToken ct) =>
        RefusalOf(wanted.Rules) is { } refusal ? Task.FromResult<Result<UserLimitsView>>(refusal) : StoreAsync(userId, wanted, ct);

    /// <summary>As for everybody from now on.</summary>
    public Task<Result<UserLimitsView>> ResetAsync(Guid userId, CancellationToken ct) => StoreAsync(userId, new UserLimitsReplacement(), ct);

    private async Task<Result<UserLimitsView>> StoreAsync(Guid userId, UserLimitsReplacement wanted, CancellationToken ct)
    {
        if (await db.Users.Where(user => user.Id == userId).Select(user => user.Username).SingleOrDefaultAsync(ct) is not { } name)
            return IdentityErrors.UserNotFound;
        audit.Target("user", userId, name);
        await db.InTransactionAsync(() => WriteAsync(userId, wanted, ct), ct);
        sessions.ForgetAll();
        return await ShowAsync(userId, ct);
    }

    // The user's row is held, so that of two operators one comes after the other.
    private async Task<int> WriteAsync(Guid userId, UserLimitsReplacement wanted, CancellationToken ct)
    {
        await db.LockUserAsync(userId, ct);
        var limits = await db.UserLimits.SingleOrDefaultAsync(row => row.UserId == userId, ct) ?? db.UserLimits.Add(new UserLimits { UserId = userId }).Entity;
        Record(limits, wanted);
        (limits.Bypass, limits.Multiplier, limits.Rules) = (wanted.BypassRateLimit, wanted.GlobalMultiplier, wanted.Rules is { Count: > 0 } own ? own : null);
        (limits.MaxMessagesPerDay, limits.MaxSandboxDuration, limits.Notes) = (wanted.MaxMessagesPerDay, wanted.MaxSandboxDuration, wanted.Notes);
        limits.UpdatedAt = clock.GetUtcNow();
        return await db.SaveChangesAsync(ct);
    }

    private void Record(UserLimits before, UserLimitsReplacement after)
    {
        Note("bypass_rate_limit", before.Bypass, after.BypassRateLimit);
        Note("global_multiplier", before.Multiplier, after.GlobalMultiplier);
        Note("rules", TextOf(before.Rules), TextOf(after.Rules));
        Note("max_messages_per_day", before.MaxMessagesPerDay, after.MaxMessagesPerDay);
        Note("max_sandbox_duration", before.MaxSandboxDuration, after.MaxSandboxDuration);
        audit.Reason(after.Notes);

        void Note(string field, object? from, object? to)
        {
            if (!Equals(from, to))
                audit.Change(field, from, to);
        }
    }

    private static string? TextOf(IReadOnlyDictionary<string, int>? own) =>
        own is { Count: > 0 } ? string.Join(", ", own.OrderBy(rule => rule.Key, StringComparer.Ordinal).Select(rule => $"{rule.Key}={rule.Value}")) : null;

    private Error? RefusalOf(IReadOnlyDictionary<string, int>? own)
    {
        var problems = (own ?? new Dictionary<string, int>()).Select(rule => ProblemOf(rule.Key, rule.Value)).OfType<Problem>().ToList();
        return problems.Count > 0 ? Error.Invalid(problems) : null;
    }

    private Problem? ProblemOf(string group, int requests)
    {
        if (rules.All.FirstOrDefault(rule => rule.Group == group) is not { } known)
            return new Problem(["body", "rules", group], "There is no such class of requests", "value_error");
        if (known.Always)
            return new Problem(["body", "rules", group], "This limit protects accounts and is the same for everybody", "value_error");
        return requests is < 1 or > MostRequests ? new Problem(["body", "rules", group], $"Input should be between 1 and {MostRequests}", "value_error") : null;
    }

    private async Task<UserLimitsView> ShowAsync(Guid userId, CancellationToken ct)
    {
        var stored = await db.UserLimits.AsNoTracking().SingleOrDefaultAsync(row => row.UserId == userId, ct);
        var limits = stored ?? new UserLimits { UserId = userId };
        var own = new UserRateLimits(limits.Bypass, limits.Multiplier, limits.Rules);
        var effective = rules.All.Select(rule => RateRuleView.Of(rule) with { Requests = rules.IsFree(rule, own) ? null : rule.LimitFor(own) });
        return new UserLimitsView(
            userId,
            limits.Bypass,
            limits.Multiplier,
            limits.Rules ?? new Dictionary<string, int>(),
            limits.MaxMessagesPerDay,
            limits.MaxSandboxDuration,
            limits.Notes,
            limits.IsCustom,
            stored?.UpdatedAt,
            [.. effective]);
    }
}
