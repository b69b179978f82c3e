using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Domains;

/// <summary>
/// Looks for the record of a domain and stores what came of it. A name that another organization has verified changes hands when that one's record is gone and this one's is
/// there.
/// </summary>
public sealed class DomainCheck(IServiceScopeFactory scopes, TxtRecords records, TimeProvider clock)
{
    private const int Tries = 3;
    private const int MaxFound = 10;
    private const int MaxFoundLength = 255;

    /// <param name="asked">Somebody asked for it.</param>
    public async Task CheckAsync(Guid id, bool asked, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } domain)
            return;
        var answer = await records.ReadAsync(domain.RecordName, ct);
        for (var tried = 1; ; tried++)
        {
            try
            {
                await StoreAsync(id, answer, asked, ct);
                return;
            }
            catch (DbUpdateException fault) when (tried < Tries && (fault is DbUpdateConcurrencyException || fault.IsUniqueViolation()))
            {
                // changed or verified by somebody else at the same moment: look at it as it is now
            }
        }
    }

    private async Task<Domain?> FindAsync(Guid id, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        return await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Domains.AsNoTracking().SingleOrDefaultAsync(domain => domain.Id == id, ct);
    }

    private async Task StoreAsync(Guid id, TxtAnswer answer, bool asked, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        await db.InTransactionAsync(
            async () =>
            {
                if (await db.Domains.SingleOrDefaultAsync(domain => domain.Id == id, ct) is not { } domain)
                    return false;
                if (answer.Values.Contains(domain.RecordValue, StringComparer.Ordinal))
                    await ConfirmAsync(db, domain, answer, asked, ct);
                else
                    Miss(db, domain, answer.Fault ?? DomainFault.WrongValue, answer, asked);
                await db.SaveChangesAsync(ct);
                return true;
            },
            ct);
    }

    private async Task ConfirmAsync(PlatformDbContext db, Domain domain, TxtAnswer answer, bool asked, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await db.Domains.SingleOrDefaultAsync(other => other.Name == domain.Name && other.Status == DomainStatus.Verified && other.Id != domain.Id, ct) is { } rival)
        {
            if (answer.Values.Contains(rival.RecordValue, StringComparer.Ordinal))
            {
                Miss(db, domain, DomainFault.ClaimedElsewhere, answer, asked);
                return;
            }

            rival.Lose([], now); // the values are none of its organization's business
            db.Raise(rival, new DomainFailed(rival.Id, rival.Name, DomainFault.WrongValue, WasVerified: true));
            await db.SaveChangesAsync(ct); // the name is free before this one takes it
        }

        var isNew = domain.Status != DomainStatus.Verified;
        domain.Confirm(now);
        if (isNew)
            db.Raise(domain, new DomainVerified(domain.Id, domain.Name));
    }

    private void Miss(PlatformDbContext db, Domain domain, DomainFault fault, TxtAnswer answer, bool asked)
    {
        var wasVerified = domain.Status == DomainStatus.Verified;
        var found = answer.Values.Take(MaxFound).Select(value => value.Length <= MaxFoundLength ? value : value[..MaxFoundLength]).ToList();
        if (domain.Miss(fault, found, asked, clock.GetUtcNow()))
            db.Raise(domain, new DomainFailed(domain.Id, domain.Name, fault, wasVerified));
    }
}
