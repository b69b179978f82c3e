using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Variables;

/// <summary>Who may do what with the variables of which project, and what stays of it in the audit log.</summary>
public abstract class VariableAccessTests(PlatformApp app)
{
    [Theory]
    [InlineData(OrganizationRole.Viewer, null, "read")]
    [InlineData(OrganizationRole.Member, null, "read")]
    [InlineData(OrganizationRole.Member, ProjectRole.ProjectViewer, "read")]
    [InlineData(OrganizationRole.Member, ProjectRole.ProjectEditor, "read create update decrypt")]
    [InlineData(OrganizationRole.Member, ProjectRole.ProjectAdmin, "read create update decrypt delete")]
    [InlineData(OrganizationRole.Admin, null, "read create update decrypt delete")]
    public async Task Role_OnTheProjectInThePath_Decides(OrganizationRole role, ProjectRole? grant, string allowed)
    {
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var owned = await VariableClient.OfAsync(app, owner);
        var secret = await owned.CreatedAsync(new { key = "SECRET", value = "hunter2", isSecret = true });
        var file = await owned.UploadedAsync("FILE", "a.csv", [1]);
        await app.JoinAsync(user, owned.ProjectId, role, grant);   // his session's own organization stays active
        var project = new VariableClient(user.Client, owned.ProjectId);
        var may = allowed.Split(' ').ToHashSet(StringComparer.Ordinal);

        var list = await project.ListAsync();
        Assert.Equal(2, list.Data().GetArrayLength());
        foreach (var (flag, words) in new[]
            { ("canCreate", "create"), ("canDelete", "delete"), ("canViewSecrets", "decrypt"), ("canCreateEdit", "create update"), ("canManage", "create update delete") })
            Assert.Equal((flag, may.IsSupersetOf(words.Split(' '))), (flag, list.Body.GetProperty(flag).GetBoolean()));
        Assert.Equal(HttpStatusCode.OK, (await project.GetAsync(secret)).Status);
        Assert.Equal(HttpStatusCode.OK, (await project.DownloadAsync(file)).StatusCode);
        Expect("create", await project.CreateAsync(new { key = "MINE", value = "x" }));
        Expect("update", await project.UpdateAsync(secret, new { description = "seen" }));
        Expect("decrypt", await project.DecryptAsync(secret));
        Expect("delete", await project.DeleteAsync(secret));
        Assert.Equal(may.Contains("delete") ? HttpStatusCode.NotFound : HttpStatusCode.OK, (await owned.GetAsync(secret)).Status);

        void Expect(string word, (HttpStatusCode Status, JsonElement Body) answer)
        {
            Assert.Equal((word, may.Contains(word) ? HttpStatusCode.OK : HttpStatusCode.Forbidden), (word, answer.Status));
            if (!may.Contains(word))
                Assert.Equal("Insufficient permissions", answer.Error());
        }
    }

    [Fact]
    public async Task Refusal_ComesInTheFamilysOrder()
    {
        var (owner, viewer) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var owned = await VariableClient.OfAsync(app, owner);
        await app.JoinAsync(viewer, owned.ProjectId, OrganizationRole.Viewer);
        var seen = new VariableClient(viewer.Client, owned.ProjectId);

        Assert.Equal(HttpStatusCode.Forbidden, (await seen.UpdateAsync("not-an-id", "no object")).Status);   // permission before object
        Assert.Equal(HttpStatusCode.NotFound, (await owned.UpdateAsync("not-an-id", "no object")).Status);   // object before body
        var nowhere = await new VariableClient(viewer.Client, Guid.CreateVersion7()).CreateAsync("no object");
        Assert.Equal((HttpStatusCode.NotFound, "Project not found"), (nowhere.Status, nowhere.Error()));      // project before permission
        var nobody = await new VariableClient(app.Anonymous, owned.ProjectId).ListAsync();
        Assert.Equal((HttpStatusCode.Unauthorized, "Authentication required"), (nobody.Status, nobody.Error()));
    }

    [Fact]
    public async Task ForeignProjectAndVariable_Are404OnEveryRoute()
    {
        var (owner, stranger) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var (owned, own) = (await VariableClient.OfAsync(app, owner), await VariableClient.OfAsync(app, stranger));
        var id = await owned.CreatedAsync(new { key = "SECRET", value = "hunter2", isSecret = true });
        var foreign = new VariableClient(stranger.Client, owned.ProjectId);
        foreach (var (project, error) in new[] { (foreign, "Project not found"), (own, "Variable not found") })
        {
            foreach (var answer in new[] { await project.GetAsync(id), await project.UpdateAsync(id, new { value = "x" }), await project.DeleteAsync(id), await project.DecryptAsync(id) })
                Assert.Equal((HttpStatusCode.NotFound, error), (answer.Status, answer.Error()));
            Assert.Equal(HttpStatusCode.NotFound, (await project.DownloadAsync(id)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await foreign.ListAsync()).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await foreign.CreateAsync(new { key = "MINE", value = "x" })).Status);
        using var malformed = await stranger.Client.GetAsync("/api/projects/not-an-id/variables");
        Assert.Equal((HttpStatusCode.NotFound, """{"error":"Project not found"}"""), (malformed.StatusCode, await malformed.Content.ReadAsStringAsync()));
        Assert.Equal("hunter2", (await owned.DecryptAsync(id)).Data().GetProperty("value").GetString());
    }

    [Theory]
    [InlineData(ProjectStatus.Archived)]
    [InlineData(ProjectStatus.Deleted)]
    public async Task InactiveProject_Is404(ProjectStatus status)
    {
        var owned = await VariableClient.OfAsync(app, await app.CreateUserAsync());
        await owned.CreatedAsync(new { key = "KEPT", value = "x" });
        await app.ReadAsync(async db =>
        {
            db.Entry(await db.Projects.SingleAsync(project => project.Id == owned.ProjectId)).Property(project => project.Status).CurrentValue = status;
            return await db.SaveChangesAsync();
        });
        app.Services.GetRequiredService<SessionDirectory>().ForgetAll();

        Assert.Equal(HttpStatusCode.NotFound, (await owned.ListAsync()).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await owned.CreateAsync(new { key = "LATE", value = "x" })).Status);
    }

    [Fact]
    public async Task Cookie_WithoutCsrfToken_ChangesNothing()
    {
        var user = await app.CreateUserAsync();
        var owned = await VariableClient.OfAsync(app, user);
        using var browser = app.Client(user.AsBrowser());
        using var safe = app.Client(user.AsBrowser(user.CsrfToken));

        var refused = await new VariableClient(browser, owned.ProjectId).CreateAsync(new { key = "MINE", value = "x" });
        Assert.Equal((HttpStatusCode.Forbidden, "csrf_failed"), (refused.Status, refused.Body.GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await new VariableClient(safe, owned.ProjectId).CreateAsync(new { key = "MINE", value = "x" })).Status);
    }

    [Fact]
    public async Task SecretMadePlain_NeedsThePermissionToDecrypt()
    {
        var (owner, user) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var owned = await VariableClient.OfAsync(app, owner);
        var id = await owned.CreatedAsync(new { key = "SECRET", value = "hunter2", isSecret = true });
        await app.JoinAsync(user, owned.ProjectId, OrganizationRole.Viewer);
        await app.ReadAsync(async db =>
        {
            var organization = await db.Projects.Where(project => project.Id == owned.ProjectId).Select(project => project.OrganizationId).SingleAsync();
            var now = DateTimeOffset.UtcNow;
            var role = new Role { Id = Guid.CreateVersion7(), OrganizationId = organization, Name = "Writer", NameKey = "writer", Closure = [Permissions.VariablesUpdate], CreatedAt = now, UpdatedAt = now };
            db.Add(role);
            db.Add(new RoleAssignment { Id = Guid.CreateVersion7(), OrganizationId = organization, UserId = user.Id, RoleId = role.Id, AssignedAt = now });
            return await db.SaveChangesAsync();
        });
        app.Services.GetRequiredService<SessionDirectory>().ForgetAll();
        var project = new VariableClient(user.Client, owned.ProjectId);

        var refused = await project.UpdateAsync(id, new { isSecret = false });
        Assert.Equal((HttpStatusCode.Forbidden, "Insufficient permissions"), (refused.Status, refused.Error()));
        Assert.Equal(HttpStatusCode.OK, (await project.UpdateAsync(id, new { key = "RENAMED" })).Status);
        Assert.Equal("hunter2", (await owned.DecryptAsync(id)).Data().GetProperty("value").GetString());
        Assert.Equal("mine", (await project.UpdateAsync(id, new { isSecret = false, value = "mine" })).Data().GetProperty("value").GetString());
    }

    [Fact]
    public async Task Audit_OfEveryOperation_NamesTheKeyInTheProjectsOrganization()
    {
        var (owner, editor) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var owned = await VariableClient.OfAsync(app, owner);
        await app.JoinAsync(editor, owned.ProjectId, OrganizationRole.Member, ProjectRole.ProjectEditor);
        var project = new VariableClient(editor.Client, owned.ProjectId);
        var id = await project.CreatedAsync(new { key = "SECRET", value = "hunter2", isSecret = true });
        await project.UpdateAsync(id, new { value = "hunter3", key = "RENAMED" });
        await project.DecryptAsync(id);
        await project.DeleteAsync(id);
        var file = await project.UploadedAsync("FILE", "a.csv", [1]);
        (await project.DownloadAsync(file)).Dispose();
        await project.DecryptAsync(file);

        var organization = await app.ReadAsync(db => db.Projects.Where(p => p.Id == owned.ProjectId).Select(p => p.OrganizationId).SingleAsync());
        var entries = await app.ReadAsync(db => db.AuditEntries.Where(entry => entry.ActorId == editor.Id && entry.Action.StartsWith("variable.")).OrderBy(entry => entry.Id).ToListAsync());
        Assert.Equal(
            [
                ("variable.create", AuditOutcome.Success, "SECRET", null), ("variable.update", AuditOutcome.Success, "SECRET", null), ("variable.decrypt", AuditOutcome.Success, "RENAMED", null),
                ("variable.delete", AuditOutcome.Denied, null, "auth.permission_missing"), ("variable.create", AuditOutcome.Success, "FILE", null),
                ("variable.download", AuditOutcome.Success, "FILE", null), ("variable.decrypt", AuditOutcome.Failed, "FILE", "variable.not_a_secret"),
            ],
            entries.Select(entry => (entry.Action, entry.Outcome, entry.ResourceName, entry.Reason)));
        Assert.All(entries, entry => Assert.Equal((organization, owned.ProjectId), (entry.OrganizationId, entry.ProjectId)));
        Assert.All(entries.Take(4), entry => Assert.Equal(id.ToString(), entry.ResourceId));
        Assert.Equal(["key", "value"], entries[1].ReadChanges().Select(change => change.Field).Order(StringComparer.Ordinal));
        var events = await app.ReadAsync(db => db.Events.Where(stored => stored.EventType == "variable.changed" && stored.AggregateId == id.ToString()).OrderBy(stored => stored.Timestamp).ToListAsync());
        Assert.Equal(["created", "updated"], events.Select(stored => stored.ReadPayload<JsonElement>().GetProperty("change").GetString()));
        Assert.All(events, stored => Assert.Equal((organization, owned.ProjectId), (stored.OrganizationId, stored.ProjectId)));
    }

    [Fact]
    public async Task Decrypt_ElevenTimesInAMinute_Is429WhateverTheUsersFactor()
    {
        var project = await VariableClient.OfAsync(app, await app.CreateUserAsync());
        var id = await project.CreatedAsync(new { key = "SECRET", value = "hunter2", isSecret = true });
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, (await project.DecryptAsync(id)).Status);

        var refused = await project.DecryptAsync(id);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.DoesNotContain("hunter2", refused.Body.ToString(), StringComparison.Ordinal);
    }
}

public sealed class VariableAccessOnSqliteTests(SqliteApp fixture) : VariableAccessTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class VariableAccessOnPostgresTests(PostgresApp fixture) : VariableAccessTests(fixture.App), IClassFixture<PostgresApp>;
