using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Databases;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

using static Platform.Tests.Databases.BackupLab;

namespace Platform.Tests.Databases;

/// <summary>Backups by schedule.</summary>
public abstract class BackupScheduleTests(PlatformApp app)
{
    private readonly BackupLab _lab = new(app);

    [Theory]
    [InlineData("""{"enabled":true}""", "0 3 * * *")]
    [InlineData("""{"frequency":"hourly","time":"00:20"}""", "20 * * * *")]
    [InlineData("""{"frequency":"daily","time":"23:05"}""", "5 23 * * *")]
    [InlineData("""{"frequency":"weekly","dayOfWeek":5}""", "0 3 * * 5")]
    [InlineData("""{"frequency":"monthly","dayOfMonth":28,"time":"01:00"}""", "0 1 28 * *")]
    [InlineData("""{"cron":"*/15 * * * *","timezone":"Europe/Berlin","retentionCount":2,"retentionDays":5}""", "*/15 * * * *")]
    public async Task Schedule_OfEveryForm_IsStoredAsCron(string change, string cron)
    {
        var (_, client, id) = await _lab.StartAsync();

        var schedule = (await client.ScheduleAsync(id, Json(change))).Ok().Data;

        Assert.Equal((cron, 5), (Text(schedule, "cron"), schedule.GetProperty("preview").GetArrayLength()));
        Assert.Equal(schedule.GetProperty("enabled").GetBoolean(), schedule.GetProperty("nextRunAt").ValueKind == JsonValueKind.String);
        Assert.Equal(cron, Text((await client.GetAsync(id)).Data.GetProperty("backupSchedule"), "cron"));
        var off = (await client.ScheduleAsync(id, Json("""{"enabled":false}"""))).Ok().Data;
        Assert.Equal((cron, JsonValueKind.Null), (Text(off, "cron"), off.GetProperty("nextRunAt").ValueKind));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"cron":"*/14 * * * *"}""")]
    [InlineData("""{"cron":"0,59 3 * * *"}""", true)]
    [InlineData("""{"cron":"nonsense"}""")]
    [InlineData("""{"cron":"0 3 31 2 *"}""")]
    [InlineData("""{"cron":"0 3 * * *","frequency":"daily"}""")]
    [InlineData("""{"frequency":"yearly"}""")]
    [InlineData("""{"frequency":"daily","time":"24:00"}""")]
    [InlineData("""{"time":"03:00"}""")]
    [InlineData("""{"timezone":"Nowhere/At_All"}""")]
    [InlineData("""{"retentionCount":0}""")]
    [InlineData("""{"retentionDays":366}""")]
    public async Task Schedule_ThatIsNone_Is400(string change, bool taken = false)
    {
        var (_, client, id) = await _lab.StartAsync();
        var answer = await client.ScheduleAsync(id, Json(change));
        if (taken)
            answer.Ok();
        else
            Assert.Equal((400, "validation_failed"), answer.Refusal);
    }

    [Fact]
    public async Task Schedule_ThatIsDue_MakesOneBackupAndKeepsAsManyAsItSays()
    {
        var (_, client, id) = await _lab.StartAsync();
        (await client.ScheduleAsync(id, Json("""{"enabled":true,"cron":"0 3 * * *","retentionCount":2}"""))).Ok();
        var schedules = app.Services.GetRequiredService<ScheduleBackups>();
        for (var run = 1; run <= 3; run++)
        {
            await _lab.DueAsync(id);
            await schedules.StartDueAsync(CancellationToken.None);
            await schedules.StartDueAsync(CancellationToken.None);
            await Until.TrueAsync(async () => Text((await client.GetAsync(id)).Data.GetProperty("backupSchedule"), "lastStatus") == "completed", "the backup is made");
        }

        await Until.TrueAsync(async () => (await client.BackupsAsync(id, "?type=scheduled")).Body.GetProperty("total").GetInt32() == 2, "two are kept");
        var last = (await client.BackupsAsync(id)).Data[0];
        Assert.True(last.GetProperty("expiresAt").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddDays(29));
        Assert.True((await client.GetAsync(id)).Data.GetProperty("backupSchedule").GetProperty("nextRunAt").GetDateTimeOffset() > DateTimeOffset.UtcNow);

        await _lab.ChangeAsync(db => db.DatabaseBackups.Where(row => row.Id == Id(last)), row => row.Status = BackupStatus.Running);
        await _lab.DueAsync(id);
        await schedules.StartDueAsync(CancellationToken.None);
        Assert.Equal("skipped", Text((await client.GetAsync(id)).Data.GetProperty("backupSchedule"), "lastStatus"));
    }
}

public sealed class BackupScheduleOnSqliteTests(SqliteApp fixture) : BackupScheduleTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class BackupScheduleOnPostgresTests(PostgresApp fixture) : BackupScheduleTests(fixture.App), IClassFixture<PostgresApp>;
