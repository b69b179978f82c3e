using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

using Platform.Organizations;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Databases;

/// <summary>Who may do what with a database.</summary>
public abstract class DatabaseAccessTests(PlatformApp app)
{
    [Fact]
    public async Task Stranger_FindsNothing()
    {
        var (owner, stranger) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        var id = await new DatabaseClient(owner).CreatedAsync("main", "CREATE TABLE t (id)");
        var client = new DatabaseClient(stranger);

        foreach (var answer in new[]
                 {
                     await client.GetAsync(id), await client.ChangeAsync(id, new { name = "x" }), await client.DeleteAsync(id), await client.SqlAsync(id, "SELECT 1"), await client.TablesAsync(id),
                     await client.TableAsync(id, "t"), await client.GetAsync("nonsense"), await client.CreateAsync(new { name = "x", projectId = (await app.PlaceOfAsync(owner)).ProjectId }),
                     await client.ListAsync($"?projectId={(await app.PlaceOfAsync(owner)).ProjectId}"),
                 })
            Assert.Equal((404, "not_found"), answer.Refusal);
        Assert.Empty((await client.ListAsync("?projectId=all")).Ok().Data.EnumerateArray());
    }

    [Fact]
    public async Task Viewer_SeesTheDatabaseButNotWhatIsInIt()
    {
        var (owner, viewer) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        await app.JoinAsync(viewer, owner, OrganizationRole.Viewer);
        var id = await new DatabaseClient(owner).CreatedAsync("main");
        var client = new DatabaseClient(viewer);

        (await client.GetAsync(id)).Ok();
        Assert.Single((await client.ListAsync()).Ok().Data.EnumerateArray());
        foreach (var answer in new[]
                 {
                     await client.SqlAsync(id, "SELECT 1"), await client.TablesAsync(id), await client.ChangeAsync(id, new { name = "x" }), await client.DeleteAsync(id), await client.CreateAsync(new { name = "x" }),
                     await client.GetAsync(id, "?reveal=true"), await client.CreateAsync(new { }),
                 })
            Assert.Equal((403, "forbidden"), answer.Refusal);
    }

    [Fact]
    public async Task Member_ReadsAndWritesButDeletesNothing()
    {
        var (owner, member) = (await app.CreateUserAsync(), await app.CreateUserAsync());
        await app.JoinAsync(member, owner, OrganizationRole.Member);
        var id = await new DatabaseClient(owner).CreatedAsync("main", "CREATE TABLE t (id)");
        var client = new DatabaseClient(member);

        (await client.SqlAsync(id, "INSERT INTO t VALUES (1)")).Ok();
        Assert.Equal((403, "forbidden"), (await client.DeleteAsync(id)).Refusal);
        Assert.Equal((403, "forbidden"), (await client.ChangeAsync(id, new { resetPassword = true })).Refusal);
    }

    [Fact]
    public async Task Token_WithoutTheRightToWrite_OnlyReads()
    {
        var owner = await app.CreateUserAsync();
        var id = await new DatabaseClient(owner).CreatedAsync("main", "CREATE TABLE t (id)");
        var reader = await TokenAsync(owner, "databases:query");

        var read = (await reader.SqlAsync(id, "SELECT 1")).Ok().Data;
        Assert.True(read.GetProperty("readOnly").GetBoolean());
        Assert.Equal((400, "statement_not_allowed"), (await reader.SqlAsync(id, "INSERT INTO t VALUES (1)")).Refusal);
        var refused = await reader.QueryAsync(id, new { sql = "SELECT 1", readOnly = false });
        Assert.Equal((403, "forbidden"), refused.Refusal);
        Assert.Equal("databases:execute", refused.Body.GetProperty("details").GetProperty("missing").GetString());
    }

    [Fact]
    public async Task Credentials_NeedTheScopeByName()
    {
        var owner = await app.CreateUserAsync();
        var id = await new DatabaseClient(owner).CreatedAsync("main");

        (await new DatabaseClient(owner).GetAsync(id, "?reveal=true")).Ok();
        Assert.Equal((403, "forbidden"), (await (await TokenAsync(owner, "databases:*")).GetAsync(id, "?reveal=true")).Refusal);
        (await (await TokenAsync(owner, "databases:read", "databases:credentials")).GetAsync(id, "?reveal=true")).Ok();
    }

    [Fact]
    public async Task Project_OfTheOrganization_CanBeNamedAndArchived()
    {
        var owner = await app.CreateUserAsync();
        var client = new DatabaseClient(owner);
        await client.CreatedAsync("main");
        var created = await owner.Client.PostAsJsonAsync("/api/projects", new { name = "second" });
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync());
        var project = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetGuid();

        var id = (await client.CreateAsync(new { name = "main", projectId = project })).Ok(HttpStatusCode.Created).Data.GetProperty("id").GetGuid();

        Assert.Single((await client.ListAsync()).Ok().Data.EnumerateArray());
        Assert.Single((await client.ListAsync($"?projectId={project}")).Ok().Data.EnumerateArray());
        Assert.Equal(2, (await client.ListAsync("?projectId=all")).Ok().Data.GetArrayLength());
        (await client.GetAsync(id)).Ok();
    }

    private async Task<DatabaseClient> TokenAsync(TestUser user, params string[] scopes)
    {
        var answer = await user.Client.PostAsJsonAsync("/api/dev/tokens", new { name = $"token {Guid.CreateVersion7()}", scopes });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("token").GetString()!;
        return new DatabaseClient(app.Client(headers => headers.Authorization = new AuthenticationHeaderValue("Bearer", token)));
    }
}

public sealed class DatabaseAccessOnSqliteTests(SqliteApp fixture) : DatabaseAccessTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class DatabaseAccessOnPostgresTests(PostgresApp fixture) : DatabaseAccessTests(fixture.App), IClassFixture<PostgresApp>;
