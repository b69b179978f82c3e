using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity;

/// <summary>Makes a user's personal organization with him as owner and its default project.</summary>
public sealed class PersonalPlaces(PlatformDbContext db, TimeProvider clock)
{
    /// <param name="attempt">Counts from 1; later ones take a slug that nobody else can have.</param>
    public async Task<(Organization Organization, Project Project)> AddAsync(User user, int attempt, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var organization = Organization.Personal(user, await FreeSlugAsync(user.Username, attempt, ct), now);
        db.Add(organization);
        db.Add(new Membership { Id = Guid.CreateVersion7(now), OrganizationId = organization.Id, UserId = user.Id, Role = OrganizationRole.Owner, JoinedAt = now });
        return (organization, AddProject(organization));
    }

    public Project AddProject(Organization organization) => db.Add(Project.Default(organization.Id, clock.GetUtcNow())).Entity;

    private async Task<string> FreeSlugAsync(string name, int attempt, CancellationToken ct)
    {
        var slug = Slug.Of(name);
        return attempt == 1 && !await db.Organizations.AnyAsync(organization => organization.Slug == slug, ct)
            ? slug
            : $"{slug}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(attempt == 1 ? 2 : 4))}";
    }
}
