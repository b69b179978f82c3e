using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Organizations;

namespace Platform.Domains;

/// <summary>Adds, changes and removes the domains of a project, one change of a project at a time.</summary>
public sealed class DomainService(PlatformDbContext db, DomainCheck check, IDomainTargets targets, AuditTrail audit, IdempotentRequest idempotency, IOptions<DomainOptions> options, TimeProvider clock)
{
    private const int ChecksPerMinute = 6;
    private const int ChallengeBytes = 16;

    /// <summary>Adds a pending domain; the first look for its record is due at once.</summary>
    public async Task<Result<Domain>> AddAsync(Guid projectId, DomainDraft draft, Func<Domain, object> answer, CancellationToken ct)
    {
        if (await LeadsNowhereAsync(projectId, draft.Target, ct))
            return DomainErrors.UnknownFunction;
        var domain = New(projectId, draft);
        try
        {
            return await db.InTransactionAsync<Result<Domain>>(
                async () =>
                {
                    if (!await db.LockProjectAsync(projectId, ct))
                        return ProjectErrors.NotFound;
                    var siblings = await SiblingsAsync(projectId, ct);
                    if (siblings.Count >= options.Value.MaxPerProject)
                        return DomainErrors.TooMany(options.Value.MaxPerProject);
                    if (draft.RedirectTo is not null && Redirect(siblings, domain, draft.RedirectTo) is { } refusal)
                        return refusal;
                    db.Add(domain);
                    audit.Target("domain", domain.Id, domain.Name);
                    db.Raise(domain, new DomainAdded(domain.Id, domain.Name));
                    idempotency.Complete(answer(domain));
                    await db.SaveChangesAsync(ct);
                    return domain;
                },
                ct);
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            return DomainErrors.Taken;
        }
    }

    /// <summary>Looks for the record first when that is wished, so that the same change may make the domain the primary one.</summary>
    public async Task<Result<Domain>> ChangeAsync(Domain domain, DomainChange change, CancellationToken ct)
    {
        if (await LeadsNowhereAsync(domain.ProjectId, change.Target, ct))
            return DomainErrors.UnknownFunction;
        if (change.Verify)
        {
            var now = clock.GetUtcNow();
            if (!domain.TryAsk(ChecksPerMinute, now))
                return DomainErrors.AskedTooOften(domain.AskedSince!.Value.AddMinutes(1) - now);
            try
            {
                await db.SaveChangesAsync(ct);
            }
            catch (DbUpdateConcurrencyException)
            {
                return DomainErrors.Stale;
            }

            await check.CheckAsync(domain.Id, asked: true, ct);
            await db.Entry(domain).ReloadAsync(ct);
        }

        return change is { NamesTarget: false, NamesRedirect: false, IsPrimary: null } ? domain : await StoreAsync(domain, change, ct);
    }

    public Task<Result<Domain>> RemoveAsync(Domain domain, CancellationToken ct) => InProjectAsync(
        domain,
        siblings =>
        {
            if (domain.IsPrimary && siblings.Exists(other => other.Id != domain.Id && other.Status == DomainStatus.Verified))
                return DomainErrors.Primary;
            if (siblings.Exists(other => other.RedirectTo == domain.Name))
                return DomainErrors.RedirectedTo;
            db.Remove(domain);
            db.Raise(domain, new DomainRemoved(domain.Id, domain.Name));
            return null;
        },
        ct);

    private Task<Result<Domain>> StoreAsync(Domain domain, DomainChange change, CancellationToken ct) => InProjectAsync(
        domain,
        siblings =>
        {
            if (change.IsPrimary == true && domain.Status != DomainStatus.Verified)
                return DomainErrors.NotVerified;
            if (change.NamesRedirect && Redirect(siblings, domain, change.RedirectTo) is { } refusal)
                return refusal;
            if (change.NamesTarget)
                domain.Lead(change.Target);
            if (change.IsPrimary is { } primary)
            {
                audit.Change("isPrimary", domain.IsPrimary, primary);
                domain.IsPrimary = primary;
            }

            domain.Touch(clock.GetUtcNow());
            return null;
        },
        ct,
        handsOver: change.IsPrimary == true);

    private async Task<Result<Domain>> InProjectAsync(Domain domain, Func<List<Domain>, Error?> apply, CancellationToken ct, bool handsOver = false)
    {
        try
        {
            return await db.InTransactionAsync<Result<Domain>>(
                async () =>
                {
                    if (!await db.LockProjectAsync(domain.ProjectId, ct))
                        return ProjectErrors.NotFound;
                    if (apply(await SiblingsAsync(domain.ProjectId, ct)) is { } refusal)
                        return refusal;
                    if (handsOver)
                    {
                        var now = clock.GetUtcNow();
                        await db.Domains.Where(other => other.ProjectId == domain.ProjectId && other.IsPrimary && other.Id != domain.Id).ExecuteUpdateAsync(
                            set => set.SetProperty(other => other.IsPrimary, false).SetProperty(other => other.UpdatedAt, now).SetProperty(other => other.Version, other => other.Version + 1), ct);
                    }

                    await db.SaveChangesAsync(ct);
                    return domain;
                },
                ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return DomainErrors.Stale;
        }
    }

    private Task<List<Domain>> SiblingsAsync(Guid projectId, CancellationToken ct) =>
        db.Domains.AsNoTracking().Where(domain => domain.ProjectId == projectId).OrderBy(domain => domain.Id).ToListAsync(ct);

    private static Error? Redirect(List<Domain> siblings, Domain domain, string? target)
    {
        var next = siblings.Where(other => other.Id != domain.Id).ToDictionary(other => other.Name, other => other.RedirectTo, StringComparer.Ordinal);
        if (target is not null && !next.ContainsKey(target))
            return DomainErrors.UnknownRedirect;
        for (var name = target; name is not null; name = next.GetValueOrDefault(name))
        {
            if (next.GetValueOrDefault(name) == domain.Name)
                return DomainErrors.RedirectLoop;
        }

        domain.RedirectTo = target;
        return null;
    }

    private async Task<bool> LeadsNowhereAsync(Guid projectId, DomainTarget? target, CancellationToken ct) =>
        target?.FunctionId is { } function && !await targets.ExistsAsync(projectId, function, ct);

    private Domain New(Guid projectId, DomainDraft draft)
    {
        var now = clock.GetUtcNow();
        var domain = new Domain
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = db.Caller.OrganizationId!.Value,
            ProjectId = projectId,
            Name = draft.Name,
            Challenge = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ChallengeBytes)),
            PendingSince = now,
            NextCheckAt = now,
            CreatedBy = db.Caller.UserId,
            CreatedAt = now,
            UpdatedAt = now,
            Version = 1,
        };
        domain.Lead(draft.Target);
        return domain;
    }
}
