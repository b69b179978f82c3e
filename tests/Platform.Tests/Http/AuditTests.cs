using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Http;

public sealed class AuditTests(ProbeApp probes) : IClassFixture<ProbeApp>
{
    [Theory]
    [InlineData("/api/v1/probe", """{"word":"ab","number":1}""", "probe.run", AuditOutcome.Success, null)]
    [InlineData("/api/v1/probe", """{"word":"stop","number":1}""", "probe.run", AuditOutcome.Failed, "probe.stopped")]
    [InlineData("/api/v1/probe", """{"word":"crash","number":1}""", "probe.run", AuditOutcome.Failed, "server.fault")]
    [InlineData("/api/v1/probe/admin", "", "probe.admin", AuditOutcome.Denied, "auth.operator_required")]
    public async Task Operation_LeavesOneEntry(string path, string body, string action, AuditOutcome outcome, string? reason)
    {
        var user = await probes.App.CreateUserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Correlation-ID", "audited");
        var answer = await user.Client.SendAsync(request);
        Assert.NotEqual(HttpStatusCode.NotFound, answer.StatusCode);

        await using var scope = probes.App.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var entry = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().AuditEntries.SingleAsync(found => found.ActorId == user.Id && found.Action == action);
        Assert.Equal((outcome, reason, "audited", AuditActor.User, user.Username), (entry.Outcome, entry.Reason, entry.RequestId, entry.ActorType, entry.ActorName));
        Assert.Equal(path.EndsWith("/admin", StringComparison.Ordinal), entry.OrganizationId is null); // an operator's operation is the platform's
        Assert.Equal(entry.OrganizationId ?? Guid.Empty, entry.Chain);
    }
}
