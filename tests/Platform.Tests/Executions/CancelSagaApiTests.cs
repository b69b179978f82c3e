using System.Net;
using System.Text.Json;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

public abstract class CancelSagaApiTests(PlatformApp app)
{
    [Fact]
    public async Task CancelSaga_Running_StopsTheRunAndIsRefusedTwice()
    {
        var (user, other) = (new ExecutionClient(await app.CreateUserAsync()), new ExecutionClient(await app.CreateUserAsync()));
        var id = await user.StartAsync("import time; time.sleep(60)");
        await user.UntilAsync(id, "running");
        var saga = (await user.GetAsync($"/api/v1/sagas/execution/{id}")).GetProperty("sagas")[0].GetProperty("saga_id").GetGuid();
        foreach (var unknown in new[] { $"{saga}", "no-id" })
            Assert.Equal((HttpStatusCode.NotFound, "Saga not found"), await RefusalAsync(other, $"/api/v1/sagas/{unknown}/cancel"));

        var (status, body) = await user.PostAsync($"/api/v1/sagas/{saga}/cancel");

        Assert.Equal((HttpStatusCode.OK, true, "Saga cancelled successfully", saga), (status, body.GetProperty("success").GetBoolean(), Text(body, "message"), body.GetProperty("saga_id").GetGuid()));
        const string Refused = "Cannot cancel saga in cancelled state. Only RUNNING or CREATED sagas can be cancelled.";
        Assert.Equal((HttpStatusCode.BadRequest, Refused), await RefusalAsync(user, $"/api/v1/sagas/{saga}/cancel"));
        await user.UntilAsync(id, "cancelled");
        var view = await user.GetAsync($"/api/v1/sagas/{saga}");
        Assert.Equal(("cancelled", 3), (Text(view, "state"), view.GetProperty("compensated_steps").GetArrayLength()));
        Assert.Single(await user.EventTypesAsync(id), "saga_cancelled");
    }

    [Fact]
    public async Task CancelSaga_OfAnExecutionThatHasEnded_IsRefused()
    {
        var user = new ExecutionClient(await app.CreateUserAsync());
        var id = (await user.RunAsync("print(1)")).GetProperty("execution_id").GetGuid();
        var saga = (await user.GetAsync($"/api/v1/sagas/execution/{id}")).GetProperty("sagas")[0].GetProperty("saga_id").GetGuid();

        Assert.Equal(
            (HttpStatusCode.BadRequest, "Cannot cancel saga in completed state. Only RUNNING or CREATED sagas can be cancelled."), await RefusalAsync(user, $"/api/v1/sagas/{saga}/cancel"));
        Assert.Equal("completed", await user.StatusAsync(id));
    }

    [Fact]
    public async Task CancelSaga_ByAnOperator_EndsAnothersExecution()
    {
        var (user, admin) = (new ExecutionClient(await app.CreateUserAsync()), new ExecutionClient(await app.OperatorAsync()));
        var id = await user.StartAsync("import time; time.sleep(60)");
        var saga = (await user.GetAsync($"/api/v1/sagas/execution/{id}")).GetProperty("sagas")[0].GetProperty("saga_id").GetGuid();

        Assert.Equal(HttpStatusCode.OK, (await admin.PostAsync($"/api/v1/sagas/{saga}/cancel")).Status);

        await user.UntilAsync(id, "cancelled");
    }

    private static async Task<(HttpStatusCode Status, string Detail)> RefusalAsync(ExecutionClient user, string path)
    {
        var (status, body) = await user.PostAsync(path);
        return (status, Text(body, "detail"));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

public sealed class CancelSagaApiOnSqliteTests(SqliteApp fixture) : CancelSagaApiTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class CancelSagaApiOnPostgresTests(PostgresApp fixture) : CancelSagaApiTests(fixture.App), IClassFixture<PostgresApp>;
