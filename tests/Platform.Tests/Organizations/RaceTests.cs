using System.Net;
using Microsoft.EntityFrameworkCore;
using Platform.Organizations;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Organizations;

/// <summary>What many do at the same time.</summary>
public sealed class RaceTests
{
    private const int Attempts = 50;

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task LastOwners_DemotedRemovedAndLeavingAtOnce_LeaveOne(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database, settings: OrganizationApps.Unlimited);
        for (var round = 0; round < 3; round++)
        {
            var (one, two) = (await app.CreateUserAsync(), await app.CreateUserAsync());
            var place = await one.FoundAsync();
            await two.JoinAsync(one, "org_admin");
            _ = (await one.CallAsync($"PUT /organizations/current/members/{two.Id}", new { role = "owner" })).Good;

            var answers = await Task.WhenAll(Enumerable.Range(0, Attempts).Select(i => Attack(i, one, two)));
            Assert.DoesNotContain(answers, answer => (int)answer.Status >= 500);
            Assert.Contains(answers, answer => answer.Status == HttpStatusCode.OK);
            Assert.Equal(1, await app.AskAsync(db => db.Memberships.CountAsync(member => member.OrganizationId == place.Id && member.Role == OrganizationRole.Owner)));
        }

        static Task<Answer> Attack(int i, TestUser one, TestUser two)
        {
            var (actor, other) = i % 2 == 0 ? (one, two) : (two, one);
            return (i / 2 % 4) switch
            {
                0 => actor.CallAsync($"PUT /organizations/current/members/{other.Id}", new { role = "viewer" }),
                1 => actor.CallAsync($"DELETE /organizations/current/members/{other.Id}"),
                2 => actor.CallAsync($"PUT /organizations/current/members/{actor.Id}", new { role = "member" }),
                _ => actor.CallAsync($"DELETE /organizations/current/members/{actor.Id}"),
            };
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task OneLink_AcceptedFiftyTimesAtOnce_SucceedsOnce(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database, settings: OrganizationApps.Unlimited);
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        var project = await owner.ProjectAsync("Raced");
        var token = await owner.InviteAsync(user.Email, "project_editor", project);

        var answers = await Task.WhenAll(Enumerable.Range(0, Attempts).Select(_ => user.CallAsync($"POST /api/invite/{token}")));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(Attempts - 1, answers.Count(answer => answer.Refusal == (400, "Invitation has already been used or cancelled")));
        Assert.Equal(1, await app.AskAsync(db => db.Memberships.CountAsync(member => member.OrganizationId == place.Id && member.UserId == user.Id)));
        Assert.Equal(1, await app.AskAsync(db => db.RoleAssignments.CountAsync(row => row.UserId == user.Id)));
        Assert.Equal(1, await app.AskAsync(db => db.Events.CountAsync(raised => raised.EventType == "team.member.added" && raised.OrganizationId == place.Id)));
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task OneAddress_InvitedFiftyTimesAtOnce_HasOneInvitation(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database, settings: OrganizationApps.Unlimited);
        var owner = await app.CreateUserAsync();
        var place = await owner.FoundAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, Attempts).Select(_ => owner.CallAsync("POST /api/organizations/members/invite", new { email = "one@example.com", role = "project_viewer" })));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal(Attempts - 1, answers.Count(answer => answer.Refusal == (400, "A pending invitation already exists for this email")));
        Assert.Equal(1, await app.AskAsync(db => db.Invitations.CountAsync(row => row.OrganizationId == place.Id)));
    }
}
