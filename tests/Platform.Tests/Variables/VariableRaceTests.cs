using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Blobs;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Variables;

namespace Platform.Tests.Variables;

/// <summary>What the database decides between requests that come at once, and what is left over after a crash.</summary>
public sealed class VariableRaceTests
{
    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_OneKeyAtOnce_OneWins(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var project = await VariableClient.OfAsync(app, await app.CreateUserAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i % 2 == 0
            ? project.CreateAsync(new { key = "CONTENDED", value = $"{i}" })
            : project.UploadAsync(VariableClient.Form("CONTENDED", $"{i}.csv"))));

        var won = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal((HttpStatusCode.BadRequest, "Variable with this name already exists"), (answer.Status, answer.Error())));
        Assert.Equal(won.Data().ToString(), Assert.Single((await project.ListAsync()).Data().EnumerateArray()).ToString());
        var files = await app.ReadAsync(db => db.Variables.CountAsync(variable => variable.ContentId != null));
        Assert.Equal(files, (await BlobsAsync(app)).Count);
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Create_MoreThanFitAtOnce_FillsToTheLimit(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database, settings: ("Variables:MaxPerProject", "3"));
        var (project, other) = (await VariableClient.OfAsync(app, await app.CreateUserAsync()), await VariableClient.OfAsync(app, await app.CreateUserAsync()));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => project.CreateAsync(new { key = $"KEY_{i}", value = "x" })));

        Assert.Equal(3, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal((HttpStatusCode.BadRequest, "A project can have at most 3 variables"), (answer.Status, answer.Error())));
        await other.CreatedAsync(new { key = "KEY_0", value = "x" });
        Assert.Equal(HttpStatusCode.OK, (await project.DeleteAsync((await project.ListAsync()).Data()[0].GetProperty("id").GetGuid())).Status);
        await project.CreatedAsync(new { key = "ROOM_AGAIN", value = "x" });
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Update_FromAnOldVersion_Is409AndLosesNothing(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var project = await VariableClient.OfAsync(app, await app.CreateUserAsync());
        var id = await project.CreatedAsync(new { key = "SHARED", value = "first" });

        Assert.Equal(HttpStatusCode.OK, (await project.UpdateAsync(id, new { value = "second", version = 1 })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await project.UpdateAsync(id, new { value = "lost", version = 1 })).Status);
        Assert.Equal("second", (await project.GetAsync(id)).Data().GetProperty("value").GetString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => project.UpdateAsync(id, new { value = $"at once {i}", version = 2 })));
        var won = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal(HttpStatusCode.Conflict, answer.Status));
        Assert.Equal(won.Data().ToString(), (await project.GetAsync(id)).Data().ToString());

        var renames = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? project.UpdateAsync(id, new { key = $"NAME_{i}" }) : project.UpdateAsync(id, new { isSecret = i % 4 == 1 })));
        Assert.All(renames, answer => Assert.Contains(answer.Status, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict }));
        await project.UpdateAsync(id, new { isSecret = false });
        Assert.StartsWith("at once", (await project.GetAsync(id)).Data().GetProperty("value").GetString(), StringComparison.Ordinal);   // sealed for the key that won
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Rows_OfBothAudiences_AreUniqueByKeyAndTarget(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var project = await app.ProjectOfAsync(await app.CreateUserAsync());
        const VariableTargets all = VariableTargets.Production | VariableTargets.Preview | VariableTargets.Development;

        Assert.True(await AddAsync(VariableAudience.Tests, VariableTargets.None));
        Assert.True(await AddAsync(VariableAudience.Runtime, VariableTargets.Production | VariableTargets.Preview));
        Assert.True(await AddAsync(VariableAudience.Runtime, VariableTargets.Development));
        foreach (var target in new[] { VariableTargets.Production, VariableTargets.Preview, VariableTargets.Development, all })
            Assert.False(await AddAsync(VariableAudience.Runtime, target));
        Assert.False(await AddAsync(VariableAudience.Tests, VariableTargets.None));

        Task<bool> AddAsync(VariableAudience audience, VariableTargets targets) => app.ReadAsync(async db =>
        {
            var organization = await db.Projects.Where(row => row.Id == project).Select(row => row.OrganizationId).SingleAsync();
            db.Add(new Variable
            {
                Id = Guid.CreateVersion7(),
                OrganizationId = organization,
                ProjectId = project,
                Audience = audience,
                Targets = targets,
                Key = "SHARED_KEY",
                Type = VariableType.Plain,
                CreatedAt = DateTimeOffset.UtcNow,
                UpdatedAt = DateTimeOffset.UtcNow,
            });
            try
            {
                return await db.SaveChangesAsync() > 0;
            }
            catch (DbUpdateException fault) when (fault.IsUniqueViolation())
            {
                return false;
            }
        });
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task RuntimeRows_AreNotSeenByTests(Db database)
    {
        await using var app = await PlatformApp.StartAsync(database);
        var project = await VariableClient.OfAsync(app, await app.CreateUserAsync());
        var id = await project.CreatedAsync(new { key = "SHARED_KEY", value = "x" });
        await app.ReadAsync(db => db.Variables.Where(variable => variable.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(variable => variable.Audience, VariableAudience.Runtime).SetProperty(variable => variable.Targets, VariableTargets.Preview)));

        Assert.Empty((await project.ListAsync()).Data().EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await project.GetAsync(id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await project.DeleteAsync(id)).Status);
        await project.CreatedAsync(new { key = "SHARED_KEY", value = "y" });
    }

    [Theory]
    [InlineData(Db.Sqlite)]
    [InlineData(Db.Postgres)]
    public async Task Sweep_OfAnHour_TakesWhatNoRowNames(Db database)
    {
        var clock = new ShiftedClock();
        await using var app = await PlatformApp.StartAsync(database, services => services.AddSingleton<TimeProvider>(clock));
        var user = await app.CreateUserAsync();
        var project = await VariableClient.OfAsync(app, user);
        var id = await project.UploadedAsync("KEPT", "a.csv", [1, 2]);
        var gone = await project.UploadedAsync("GONE", "b.csv", [3]);
        await app.ReadAsync(db => db.Variables.Where(variable => variable.Id == gone).ExecuteDeleteAsync());   // as with its project, or a crash before the row
        var sweep = app.Services.GetRequiredService<VariableFileSweep>();

        Assert.Equal(0, await sweep.RunAsync(default));   // it might be an upload of right now
        Assert.Equal(2, (await BlobsAsync(app)).Count);
        clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(1, await sweep.RunAsync(default));
        Assert.Equal(2, Assert.Single(await BlobsAsync(app)).Length);
        var fresh = await app.CreateUserAsync();   // the old session has ended by now
        await app.JoinAsync(fresh, project.ProjectId, Platform.Organizations.OrganizationRole.Viewer);
        Assert.Equal(HttpStatusCode.OK, (await new VariableClient(fresh.Client, project.ProjectId).DownloadAsync(id)).StatusCode);
    }

    private static async Task<List<BlobProperties>> BlobsAsync(PlatformApp app)
    {
        var found = new List<BlobProperties>();
        await foreach (var blob in app.Services.GetRequiredService<IBlobStore>().ListAsync("variables/", default))
            found.Add(blob);
        return found;
    }
}
