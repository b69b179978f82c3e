using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Organizations;

/// <summary>What the services can that the checks and inference families do not ask for.</summary>
public sealed class TeamServiceTests(OrganizationApps apps) : IClassFixture<OrganizationApps>
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Change_CustomRoles_AreReplacedWithinWhatTheActorHolds(Db database)
    {
        var app = apps[database];
        var (owner, admin, member) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        await admin.JoinAsync(owner, "org_admin");
        await member.JoinAsync(owner, "project_viewer");
        var modest = await app.GiveRoleAsync(place.Id, member.Id, "builds:create");
        var mighty = await app.GiveRoleAsync(place.Id, owner.Id, "organizations:delete");

        Assert.Equal("privilege_escalation", await CodeAsync(admin, new MemberChange { UserId = member.Id, CustomRoleIds = [modest, mighty] }));
        Assert.Equal("not_found", await CodeAsync(admin, new MemberChange { UserId = member.Id, CustomRoleIds = [Guid.CreateVersion7()] }));
        Assert.Null(await CodeAsync(owner, new MemberChange { UserId = member.Id, CustomRoleIds = [modest, mighty] }));
        Assert.Equal("privilege_escalation", await CodeAsync(admin, new MemberChange { UserId = member.Id, CustomRoleIds = [] }));   // he may not take away what he does not hold
        Assert.Null(await CodeAsync(owner, new MemberChange { UserId = member.Id, CustomRoleIds = [modest] }));
        Assert.Null(await CodeAsync(admin, new MemberChange { UserId = member.Id, Role = OrganizationRole.Member, CustomRoleIds = [] }));
        Assert.Equal(0, await app.AskAsync(db => db.RoleAssignments.CountAsync(row => row.UserId == member.Id)));

        async Task<string?> CodeAsync(TestUser actor, MemberChange change)
        {
            await using var scope = await app.ActAsync(actor, place.Id);
            return (await scope.ServiceProvider.GetRequiredService<MemberService>().ChangeAsync(place.Id, change, default)).Error?.Code.Split('.')[1];
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Invitation_WithCustomRolesAndChangedLater_GivesWhatItOffersThen(Db database)
    {
        var app = apps[database];
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var place = await owner.FoundAsync();
        var (first, second) = (await app.GiveRoleAsync(place.Id, owner.Id, "builds:create"), await app.GiveRoleAsync(place.Id, owner.Id, "metrics:write"));
        string token;
        await using (var scope = await app.ActAsync(owner, place.Id))
        {
            var invitations = scope.ServiceProvider.GetRequiredService<InvitationService>();
            var sent = (await invitations.InviteAsync(place.Id, new NewInvitation(user.Email, OrganizationRole.Viewer) { CustomRoleIds = [first], Message = "Welcome" }, default)).Value;
            token = sent.Link.Split('/')[^1];
            Assert.Equal("Welcome", sent.Invitation.Message);
            Assert.True((await invitations.ChangeAsync(place.Id, sent.Invitation.Id, new InvitationChange(OrganizationRole.Member, [second]), default)).IsOk);
            Assert.Equal("invitation.not_found", (await invitations.ChangeAsync(place.Id, Guid.CreateVersion7(), new InvitationChange(null, null), default)).Error!.Code);
        }
        Assert.Contains("Welcome", (await apps.Mail.WaitForAsync(user.Email)).Text, StringComparison.Ordinal);

        var joined = await AcceptAsync(token, takenByMembers: true);
        Assert.Equal((OrganizationRole.Member, false, false), (joined.Value.Member.Role, joined.Value.Member.ProjectBound, joined.Value.WasMember));
        Assert.Equal([second], await app.AskAsync(db => db.RoleAssignments.Where(row => row.UserId == user.Id).Select(row => row.RoleId).ToListAsync()));

        // a member's acceptance may use the link up
        await app.AskAsync(db => db.Invitations.Where(row => row.OrganizationId == place.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.State, InvitationState.Pending)));
        Assert.True((await AcceptAsync(token, takenByMembers: true)).Value.WasMember);
        Assert.Equal("invitation.invitation_used", (await AcceptAsync(token, takenByMembers: true)).Error!.Code);

        async Task<Result<Joined>> AcceptAsync(string link, bool takenByMembers)
        {
            await using var scope = await app.ActAsync(user, place.Id);
            return await scope.ServiceProvider.GetRequiredService<AcceptInvitation>().AcceptAsync(link, takenByMembers, default);
        }
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task ListReceived_ShowsOpenInvitationsToAVerifiedAddressOnly(Db database)
    {
        var app = apps[database];
        var (one, two, user) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        var (first, second) = (await one.FoundAsync(), await two.FoundAsync());
        await one.InviteAsync(user.Email, "project_viewer");
        await two.InviteAsync(user.Email, "org_admin");

        Assert.Empty(await ReceivedAsync());
        await app.AskAsync(db => db.Users.Where(row => row.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.EmailVerified, true)));
        Assert.Equal([second.Name, first.Name], (await ReceivedAsync()).Select(invitation => invitation.OrganizationName));

        async Task<IReadOnlyList<InvitationDetails>> ReceivedAsync()
        {
            await using var scope = await app.ActAsync(user, first.Id);
            return await scope.ServiceProvider.GetRequiredService<InvitationQueries>().ListReceivedAsync(user.Id, default);
        }
    }
}
