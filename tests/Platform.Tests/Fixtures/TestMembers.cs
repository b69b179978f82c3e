using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Tests.Fixtures;

/// <summary>Organization and project in which a user works.</summary>
public sealed record TestPlace(Guid OrganizationId, Guid ProjectId);

/// <summary>Puts users into each other's organizations, below the API.</summary>
internal static class TestMembers
{
    /// <summary>The user's personal organization and its default project.</summary>
    public static async Task<TestPlace> PlaceOfAsync(this PlatformApp app, TestUser user)
    {
        await using var scope = app.As(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var organization = await db.Organizations.Where(found => found.PersonalUserId == user.Id).Select(found => found.Id).SingleAsync();
        return new TestPlace(organization, await db.Projects.Where(found => found.OrganizationId == organization && found.IsDefault).Select(found => found.Id).SingleAsync());
    }

    /// <summary>Makes the user a member of the owner's personal organization, which becomes the active one of his sessions.</summary>
    public static async Task JoinAsync(this PlatformApp app, TestUser user, TestUser owner, OrganizationRole role)
    {
        var place = await app.PlaceOfAsync(owner);
        await using (var scope = app.As(Caller.Platform))
        {
            var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
            db.Add(new Membership { Id = Guid.CreateVersion7(), OrganizationId = place.OrganizationId, UserId = user.Id, Role = role, JoinedAt = DateTimeOffset.UtcNow });
            await db.SaveChangesAsync();
            await db.Sessions.Where(session => session.UserId == user.Id).ExecuteUpdateAsync(set => set
                .SetProperty(session => session.ActiveOrganizationId, place.OrganizationId).SetProperty(session => session.ActiveProjectId, place.ProjectId));
        }

        app.Services.GetRequiredService<SessionDirectory>().ForgetAll();
    }

    /// <summary>A unit of work in the caller's name.</summary>
    public static AsyncServiceScope As(this PlatformApp app, Caller caller) => app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(caller);
}
