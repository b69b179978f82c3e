using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Makes and changes organizations.</summary>
public sealed class OrganizationService(
    PlatformDbContext db, CallerScope scope, RightsChange rights, OrganizationQueries queries, AuditTrail audit, IOptions<OrganizationOptions> options, TimeProvider clock)
{
    private const int Attempts = 5;

    /// <summary>Makes an organization with a default project; the caller becomes its owner.</summary>
    public async Task<Result<OrganizationDetails>> CreateAsync(NewOrganization wanted, CancellationToken ct)
    {
        if (!options.Value.CreationEnabled)
            return OrganizationErrors.CreationDisabled;
        var userId = scope.Current.UserId!.Value;
        var personal = await db.Organizations.Where(organization => organization.PersonalUserId == userId).Select(organization => organization.Id).SingleAsync(ct);
        using var acting = db.ActAs(Caller.Platform);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // The lock of the personal organization lets one user make one organization at a time, so that the limit holds.
                var made = await rights.RunAsync(personal, () => AddAsync(userId, wanted, attempt, ct), ct);
                return made.IsOk ? (await queries.FindAsync(userId, made.Value.Id, ct))! : made.Error;
            }
            catch (DbUpdateException lost) when (lost.IsUniqueViolation() && attempt < Attempts)
            {
                db.Discard();   // somebody took the slug in the meantime
            }
        }
    }

    /// <summary>Changes name, slug, logo and metadata, and answers the organization as the caller sees it.</summary>
    public async Task<Result<OrganizationDetails>> UpdateAsync(Guid organizationId, OrganizationChange change, CancellationToken ct)
    {
        if (await ChangeAsync(organizationId, change, ct) is { IsOk: false } refused)
            return refused.Error;
        return (await queries.FindAsync(scope.Current.UserId!.Value, organizationId, ct)) is { } details ? details : OrganizationErrors.NotFound;
    }

    /// <summary>Changes name, slug, logo and metadata, and saves what else was changed of the organization.</summary>
    public async Task<Result<Nothing>> ChangeAsync(Guid organizationId, OrganizationChange change, CancellationToken ct)
    {
        if (await db.Organizations.SingleOrDefaultAsync(row => row.Id == organizationId && row.Status != OrganizationStatus.Deleting, ct) is not { } organization)
            return OrganizationErrors.NotFound;
        if (await SlugAsync(organization, change, ct) is not { } slug)
            return OrganizationErrors.SlugTaken;
        audit.Target("organization", organizationId, change.Name);
        Record("name", organization.Name, change.Name);
        Record("slug", organization.Slug, slug);
        var logo = change.Logo is null ? organization.Logo : change.Logo.Length == 0 ? null : change.Logo;
        Record("logo", organization.Logo, logo);
        organization.Describe(change.Name, slug, logo, change.Metadata ?? organization.Metadata, clock.GetUtcNow());
        db.Raise(new OrganizationUpdated(scope.Current.UserId, organization.Name, slug) { OrganizationId = organizationId });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            return OrganizationErrors.SlugTaken;
        }
        return default(Nothing);
    }

    private async Task<Result<Organization>> AddAsync(Guid userId, NewOrganization wanted, int attempt, CancellationToken ct)
    {
        var owned = await db.Memberships.Where(member => member.UserId == userId && member.Role == OrganizationRole.Owner)
            .Join(db.Organizations, member => member.OrganizationId, organization => organization.Id, (_, organization) => organization).CountAsync(organization => organization.PersonalUserId != userId, ct);
        if (owned >= options.Value.MaxOwnedPerUser)
            return OrganizationErrors.LimitReached;

        var slug = Slug.Of(wanted.Slug ?? wanted.Name);
        if (attempt > 1 || await db.Organizations.AnyAsync(organization => organization.Slug == slug, ct))
        {
            if (wanted.Slug is not null)
                return OrganizationErrors.SlugTaken;
            slug = Slug.Vary(slug);
        }
        var made = Add(userId, wanted.Name, slug);
        await db.SaveChangesAsync(ct);
        return made;
    }

    private Organization Add(Guid userId, string name, string slug)
    {
        var now = clock.GetUtcNow();
        var made = Organization.Create(name, slug, now);
        var project = Project.Default(made.Id, now);
        db.Add(made);
        db.Add(project);
        db.Add(new Membership { Id = Guid.CreateVersion7(now), OrganizationId = made.Id, UserId = userId, Role = OrganizationRole.Owner, JoinedAt = now });
        audit.Move(made.Id);
        audit.Target("organization", made.Id, name);
        db.Raise(new OrganizationCreated(userId, name, slug) { OwnerId = userId, OrganizationId = made.Id, ProjectId = project.Id });
        return made;
    }

    /// <summary>The slug after the change; null when it is another organization's.</summary>
    private async Task<string?> SlugAsync(Organization organization, OrganizationChange change, CancellationToken ct)
    {
        if (change.Slug is null)
            return organization.Slug;
        var slug = Slug.Of(change.Slug.Length == 0 ? change.Name : change.Slug);
        if (!await db.Organizations.AnyAsync(other => other.Slug == slug && other.Id != organization.Id, ct))
            return slug;
        return change.Slug.Length == 0 ? Slug.Vary(slug) : null;
    }

    private void Record(string field, string? from, string? to)
    {
        if (from != to)
            audit.Change(field, from, to);
    }
}
