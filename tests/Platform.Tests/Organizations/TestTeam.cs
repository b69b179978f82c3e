using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Organizations;

/// <summary>An organization with one user of each role, in whose sessions it is active.</summary>
internal sealed record TestTeam(PlatformApp App, Calls.Place Place, TestUser Owner, TestUser Admin, TestUser Member, TestUser Viewer)
{
    public static async Task<TestTeam> FormAsync(PlatformApp app)
    {
        var owner = await app.CreateUserAsync();
        var place = await owner.FoundAsync();
        return new TestTeam(app, place, owner, await JoinAsync(app, owner, "admin"), await JoinAsync(app, owner, "member"), await JoinAsync(app, owner, "viewer"));
    }

    /// <summary>One more with that role.</summary>
    public Task<TestUser> JoinAsync(string role) => JoinAsync(App, Owner, role);

    /// <summary>The id of a new custom role.</summary>
    public async Task<Guid> RoleAsync(string name, string[] permissions, params Guid[] inherits) =>
        (await Owner.CallAsync("POST /api/security/roles", new { name, permissions, inherits })).Data.GetProperty("id").GetGuid();

    public Task<Answer> AssignAsync(TestUser actor, TestUser user, Guid role, object? body = null) => actor.CallAsync($"POST /api/security/users/{user.Id}/roles/{role}", body);

    public async Task<JsonElement> RowAsync(TestUser user) =>
        (await Owner.CallAsync("GET /api/team/members?limit=200")).Data.EnumerateArray().Single(row => row.Text("userId") == user.Id.ToString());

    public async Task<string> MembershipAsync(TestUser user) => (await RowAsync(user)).Text("id");

    public Task<List<AuditEntry>> AuditAsync(string action) =>
        App.AskAsync(db => db.AuditEntries.AsNoTracking().Where(entry => entry.OrganizationId == Place.Id && entry.Action == action).OrderBy(entry => entry.Id).ToListAsync());

    public static Guid IdOf(OrganizationRole role) => BuiltInRoles.For(role).Id;

    private static async Task<TestUser> JoinAsync(PlatformApp app, TestUser owner, string role)
    {
        var user = await app.CreateUserAsync();
        var invited = (await owner.CallAsync("POST /api/team/members", new { email = user.Email, role })).Data;
        _ = (await user.CallAsync($"POST /api/invite/{invited.Text("inviteUrl").Split('/')[^1]}")).Good; // this face moves the session too
        return user;
    }
}

internal static class Refusals
{
    /// <summary>Status and code of a refusal in the delivery family.</summary>
    public static (int Status, string? Code) Code(this Answer answer) => ((int)answer.Status, answer.Body.TryGetProperty("code", out var code) ? code.GetString() : null);

    /// <summary>The code, after a look at the status.</summary>
    public static void AssertRefused(this Answer answer, int status, string code) => Assert.Equal((status, code), answer.Code());
}
