using System.Text.Json;
using Platform.Webhooks;

namespace Platform.Tests.Webhooks;

/// <summary>Delays, patterns and what of an event goes out.</summary>
public sealed class WebhookRulesTests
{
    [Theory]
    [InlineData(BackoffStrategy.Exponential, "5 25 125 625 3125 15625 21600")]
    [InlineData(BackoffStrategy.Linear, "5 10 15 20 25 30 35")]
    [InlineData(BackoffStrategy.Fixed, "5 5 5 5 5 5 5")]
    public void Delays_OfEachStrategy_AreThoseOfTheContract(BackoffStrategy strategy, string expected)
    {
        var policy = new WebhookRetryPolicy { Strategy = strategy };

        Assert.Equal(expected, string.Join(' ', Enumerable.Range(1, 7).Select(failures => policy.DelayAfter(failures, 0).TotalSeconds)));
    }

    [Fact]
    public void Delays_VaryByTheJitterAndStayBounded()
    {
        var policy = new WebhookRetryPolicy { Jitter = 0.5, InitialDelaySeconds = 100, Multiplier = 10, MaxDelaySeconds = 200 };

        Assert.Equal((50, 150, 300), (policy.DelayAfter(1, -1).TotalSeconds, policy.DelayAfter(1, 1).TotalSeconds, policy.DelayAfter(15, 1).TotalSeconds));
    }

    [Theory]
    [InlineData("*", "run.queued", true)]
    [InlineData("build.*", "build.created", true)]
    [InlineData("build.*", "build", false)]
    [InlineData("team.*", "team.member.added", true)]
    [InlineData("team.member.*", "team.member.added", true)]
    [InlineData("instance.deployment_completed", "deployment.completed", false)]
    [InlineData("build.created", "build.created", true)]
    [InlineData("build.created", "build.started", false)]
    public void Patterns_MatchTypes(string pattern, string type, bool matches)
    {
        Assert.True(PublicEvents.IsPattern(pattern));
        Assert.Equal(matches, PublicEvents.Matches([pattern], type));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".*")]
    [InlineData("build")]
    [InlineData("variable.*")]
    [InlineData("execution_completed")]
    [InlineData("**")]
    public void Patterns_OfNothing_AreNone(string pattern) => Assert.False(PublicEvents.IsPattern(pattern));

    [Fact]
    public void Data_OfABuild_HasIdsNamesStatesFiguresAndNothingElse()
    {
        var entry = PublicEvents.Find("build.failed")!;
        var payload = JsonSerializer.SerializeToElement(new
        {
            build_id = "b-1",
            number = 3,
            branch = "main",
            started_at = "2026-01-01T00:00:00Z",
            passed = false,
            script = "rm -rf /",
            error_message = "the password is hunter2",
            stdout = "secret",
            reason = "I felt like it",
            step = new { name = "test", log = "secret", exit_code = 1 },
            tags = new[] { "secret" },
            project_ids = new[] { "p-1" },
            branch_name = new string('x', 400),
        });

        Assert.Equal(
            """{"build":{"id":"b-1","number":3,"branch":"main","startedAt":"2026-01-01T00:00:00Z","passed":false,"step":{"name":"test","exitCode":1},"projectIds":["p-1"]}}""",
            PublicData.Of(entry, payload).ToJsonString());
    }

    [Fact]
    public void Data_ThatHasItsWrapper_IsNotWrappedAgain() => Assert.Equal(
        """{"build":{"id":"b-1"}}""",
        PublicData.Of(PublicEvents.Find("build.failed")!, JsonSerializer.SerializeToElement(new { build = new { id = "b-1" } })).ToJsonString());

    [Fact]
    public void Data_OfAnExecution_HasNoneOfItsOutput() => Assert.Equal(
        """{"execution":{"id":"e-1","exitCode":0}}""",
        PublicData.Of(PublicEvents.Find("execution.completed")!, JsonSerializer.SerializeToElement(new { execution_id = "e-1", stdout = "out", stderr = "err", exit_code = 0 })).ToJsonString());
}
