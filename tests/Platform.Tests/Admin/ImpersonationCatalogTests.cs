using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

using Platform.Functions.Http;
using Platform.Identity;
using Platform.Organizations;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Admin;

/// <summary>What an operator may not do while he acts as somebody else is a property of every operation; the pipeline holds it.</summary>
public sealed partial class ImpersonationCatalogTests
{
    private static readonly OperationCatalog Catalog = OperationCatalog.FromAssemblies(typeof(OperationCatalog).Assembly);

    /// <summary>Operations whose route or audit word sounds like accounts, credentials or secrets, and that are taken all the same, with the reason.</summary>
    private static readonly Dictionary<string, string> Harmless = new(StringComparer.Ordinal)
    {
        ["Auth_VerifyToken"] = "tells whether the session is good",
        ["UserSettings_UpdateCustom"] = "the key in its path names a setting of a client",
        ["Impersonation_Act"] = "stops the impersonation; starting another needs an operator",
    };

    [Fact]
    public void Permissions_OfCredentialsAccountAndOperators_AreWithheld()
    {
        foreach (var name in (string[])[
            Permissions.ProfileWrite, Permissions.TokensManage, Permissions.TokensAdmin, Permissions.JobKeysCreate, Permissions.JobKeysUpdate, Permissions.InferenceKeysManage,
            Permissions.WebhooksManage, Permissions.DatabasesCredentials, Permissions.VariablesDecrypt, Permissions.OrganizationsDelete])
            Assert.False(Impersonation.Permissions.Contains(name), name);
        Assert.All(PermissionRegistry.All.Where(entry => entry.Holder == PermissionHolder.Platform), entry => Assert.False(Impersonation.Permissions.Contains(entry.Name)));
        Assert.All(PermissionRegistry.All.Where(entry => entry.Name.EndsWith(":read", StringComparison.Ordinal)), entry => Assert.True(Impersonation.Permissions.Contains(entry.Name)));
    }

    [Fact]
    public void Operations_OfOperators_AreRefused() =>
        Violations.None(Catalog.All.Where(operation => operation is { NeedsOperator: true, RefusesImpersonation: false, EndsImpersonation: false }).Select(operation => operation.Name));

    [Fact]
    public void Operations_ThatSoundLikeCredentials_AreRefusedOrExplained() => Violations.None(Catalog.All
        .Where(operation => !operation.RefusesImpersonation && !operation.IsPublic && !Harmless.ContainsKey(operation.Name))
        .Where(operation => Delicate().IsMatch(operation.Route) || Delicate().IsMatch(operation.Audit ?? ""))
        .Where(operation => operation.Audit is not null || Reveals().IsMatch(operation.Route))
        .Select(operation => $"{operation.Name} ({operation.Route}): mark it Impersonating.Refused, or say here why it is harmless"));

    [Fact]
    public void ExplainedOperations_AreThere() => Violations.None(Harmless.Keys.Where(name => Catalog.Find(name) is null));

    [Fact]
    public void OnlyWaysOut_OutlastTheHour() =>
        Assert.All(Catalog.All.Where(operation => operation.EndsImpersonation), operation => Assert.Matches("sign-?out|logout|stop-impersonation|api/admin/users/{userId}", operation.Route));

    [Fact]
    public async Task EveryRefusedOperation_Is403WhileImpersonating()
    {
        await using var app = await PlatformApp.StartAsync(settings: [("RateLimit:Enabled", "false"), ("RateLimit:Limits:impersonation", "100000"), ("RateLimit:Limits:decrypt", "100000")]);
        var op = await app.OperatorAsync();
        var user = await app.CreateUserAsync();
        using var acting = await ImpersonationTests.ActAsAsync(app, op, user);
        var place = await app.WithDatabaseAsync(db => db.Projects.SingleAsync(project => db.Organizations.Any(organization => organization.PersonalUserId == user.Id && organization.Id == project.OrganizationId)));

        var refused = Catalog.All.Where(operation => operation.RefusesImpersonation).ToList();
        Assert.NotEmpty(refused);
        var answers = new List<string>();
        foreach (var operation in refused)
        {
            foreach (var method in operation.Methods)
            {
                using var request = new HttpRequestMessage(HttpMethod.Parse(method), "/" + PathOf(operation, place));
                using var answer = await acting.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                if (answer.StatusCode != HttpStatusCode.Forbidden)
                    answers.Add($"{method} {operation.Route}: {(int)answer.StatusCode}");
            }
        }
        Violations.None(answers);
    }

    // His own places, which any other caller would reach; the rest need not exist.
    private static string PathOf(Operation operation, Project place) => Parameter().Replace(operation.Route, match => (match.Value switch
    {
        "{organizationId}" => place.OrganizationId,
        "{projectId}" => place.Id,
        _ => Guid.CreateVersion7(),
    }).ToString());

    [GeneratedRegex("token|key|secret|password|email|credential|decrypt|reveal|rotate|signin|sign-in|oauth|connect", RegexOptions.IgnoreCase)]
    private static partial Regex Delicate();

    [GeneratedRegex("reveal|decrypt|credential", RegexOptions.IgnoreCase)]
    private static partial Regex Reveals();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
