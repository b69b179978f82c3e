using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Platform.Testing;
using Platform.Tour;

const string Script = """
    import platform
    print("Hello from Python", platform.python_version())
    print(sum(n * n for n in range(1, 101)))
    """;

const string LongScript = """
    import time
    for second in range(1, 4):
        print("working,", second, flush=True)
        time.sleep(1)
    print("done")
    """;

await using var platform = PlatformProcess.Start(args[0]);
using var visitor = new Visitor(platform.Url);
try
{
    await WalkAsync();
    Console.WriteLine("\nThe tour is over; everything was as it should be.");
    return 0;
}
catch (Exception surprise) when (surprise is Surprise or InvalidOperationException or HttpRequestException or JsonException or OperationCanceledException)
{
    Console.WriteLine($"\nSURPRISE: {surprise.Message}");
    Console.WriteLine($"\nWhat the platform printed:\n{await platform.ConsoleAsync()}");
    return 1;
}

async Task WalkAsync()
{
    Step("Start the platform in a fresh folder");
    var alive = await platform.WaitForAsync(visitor.Http, "/health/healthz");
    var ready = await platform.WaitForAsync(visitor.Http, "/health/readyz");
    Say($"{platform.Url} answers after {alive.TotalSeconds:0.0} s and is ready after {(alive + ready).TotalSeconds:0.0} s");

    Step("Register and log in");
    var user = await visitor.PostAsync("/api/v1/auth/register", new { username = "newcomer", email = "newcomer@example.com", password = "Correct-Horse-9" }, HttpStatusCode.Created);
    Say($"user {user.Text("username")} <{user.Text("email")}> has the role {user.Text("role")}");
    await visitor.SignInAsync("newcomer", "Correct-Horse-9");
    Say($"signed in as {(await visitor.GetAsync("/api/v1/auth/me")).Text("username")}");

    Step("Run a Python script and follow its events");
    var id = await ExecuteAsync(Script);
    var last = await FollowAsync(id);
    Surprise.When(last.Text("event_type") != "result_stored", $"the stream ended with {last.Text("event_type")}");

    Step("Show the result");
    var result = await visitor.GetAsync($"/api/v1/result/{id}");
    Say($"status {result.Text("status")}, exit code {result.GetProperty("exit_code")}, {result.GetProperty("resource_usage")}");
    foreach (var line in result.Text("output").TrimEnd().Split('\n'))
        Say($"| {line}");
    Surprise.When(result.Text("status") != "completed" || !result.Text("output").EndsWith("338350\n", StringComparison.Ordinal), $"unexpected result {result}");

    Step("Cancel a long one while it runs");
    var longId = await ExecuteAsync(LongScript);
    await CancelWhenRunningAsync(longId);

    Step("Retry it and let it end");
    var retry = await visitor.PostAsync($"/api/v1/{longId}/retry", new { }, HttpStatusCode.OK);
    await FollowAsync(retry.Text("execution_id"));
    var retried = await visitor.GetAsync($"/api/v1/result/{retry.Text("execution_id")}");
    Surprise.When(retried.Text("status") != "completed" || retried.Text("retried_from") != longId, $"unexpected result {retried}");
    Say($"status {retried.Text("status")}, retried from {longId}");

    Step("Log out and stop");
    await visitor.PostAsync("/api/v1/auth/logout", new { }, HttpStatusCode.OK);
    await visitor.GetAsync("/api/v1/auth/me", HttpStatusCode.Unauthorized);
    Say("the session is over: /auth/me answers 401");
    var code = await platform.StopAsync();
    Surprise.When(code != 0, $"the platform ended with exit code {code}");
    Say("the platform stopped cleanly");
}

async Task<string> ExecuteAsync(string script)
{
    var answer = await visitor.PostAsync("/api/v1/execute", new { script, lang = "python", lang_version = "3.11" }, HttpStatusCode.OK);
    Say($"execution {answer.Text("execution_id")} is {answer.Text("status")}");
    return answer.Text("execution_id");
}

async Task<JsonElement> FollowAsync(string id)
{
    var clock = Stopwatch.StartNew();
    var last = default(JsonElement);
    await foreach (var message in visitor.FollowAsync($"/api/v1/events/executions/{id}"))
    {
        Say($"{clock.ElapsedMilliseconds,6} ms  {message.Text("event_type")}");
        last = message;
    }

    return last;
}

async Task CancelWhenRunningAsync(string id)
{
    var clock = new Stopwatch();
    await foreach (var message in visitor.FollowAsync($"/api/v1/events/executions/{id}"))
    {
        if (message.Text("event_type") != "execution_running" || clock.IsRunning)
            continue;
        clock.Start();
        var answer = await visitor.PostAsync($"/api/v1/{id}/cancel", new { reason = "the visitor is in a hurry" }, HttpStatusCode.OK);
        Say($"asked: {answer.Text("message")}");
    }

    var result = await visitor.GetAsync($"/api/v1/result/{id}");
    Surprise.When(result.Text("status") != "cancelled", $"unexpected result {result}");
    Say($"status {result.Text("status")} after {clock.ElapsedMilliseconds} ms; it had printed {JsonSerializer.Serialize(result.Text("output"))}");
}

static void Step(string title) => Console.WriteLine($"\n== {title}");

static void Say(string line) => Console.WriteLine($"   {line}");
