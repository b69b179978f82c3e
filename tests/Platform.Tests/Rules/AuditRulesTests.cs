using System.Text.RegularExpressions;

using Platform.Functions.Http;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Rules;

/// <summary>Who changes something leaves an entry in the audit log.</summary>
public sealed class AuditRulesTests
{
    /// <summary>Operations that change something by their method and have no audit word, with the reason.</summary>
    private static readonly Dictionary<string, string> Unaudited = new(StringComparer.Ordinal)
    {
        ["Auth_Login"] = "the service writes auth.login itself, for the user who signed in and not for the anonymous caller",
        ["Auth_Logout"] = "the service writes auth.logout itself when there is a session to end; without one nothing happens",
        ["ChecksSignIn_SignIn"] = "the service writes auth.login itself, for the user who signed in and not for the anonymous caller",
        ["InferenceAuth_Login"] = "the service writes auth.login itself, for the user who signed in and not for the anonymous caller",
        ["Console_SignIn"] = "as ExecutionPage_SignIn",
        ["ExecutionPage_SignIn"] = "the service writes auth.login itself, for the user who signed in and not for the anonymous caller",
        ["ChecksSignIn_SignOut"] = "the service writes auth.logout itself when there is a session to end; without one nothing happens",
        ["InferenceAuth_Logout"] = "the service writes auth.logout itself when there is a session to end; without one nothing happens",
        ["OAuth_SignInWithVercel"] = "begins a flow that the callback ends; only then is anything changed, and audited",
        ["JobKeys_Verify"] = "tells whether a key is good; changes nothing but the time of its last use",
        ["Events_Query"] = "searches the caller's events; changes nothing",
        ["Events_Aggregate"] = "reads events through the interpreter; changes nothing",
        ["AdminEvents_Browse"] = "lists events; changes nothing",
        ["ChecksService_Describe"] = "describes the service, by GET and POST alike",
        ["ChecksSignIn_Error"] = "shows the error of a redirect, by GET and POST alike",
        ["Metrics_Record"] = "adds a measurement to a series, many times a second; the log of who did what would hold nothing else",
        ["Metrics_RecordBatch"] = "adds measurements to series, up to 20,000 a second; the log of who did what would hold nothing else",
        ["BuildLogs_Append"] = "adds lines to a build's log, many times a second; the log of who did what would hold nothing else",
        ["Functions_Invoke"] = "runs what was deployed, up to hundreds of times a second; each invocation has a record of its own that names its caller",
        ["Functions_CallUrl"] = "as Functions_Invoke; its callers have no account, and what publishes the URL leaves an entry",
        [FallbackFunctions.Name] = "serves no operation: answers 404 and 405",
    };

    private static readonly IReadOnlyList<Operation> Operations = OperationCatalog.FromAssemblies(typeof(OperationCatalog).Assembly).All;

    [Fact]
    public void Changes_HaveAnAuditWordOrAReason() => Violations.None(Changing(Operations)
        .Where(operation => operation.Audit is null && !Unaudited.ContainsKey(operation.Name)).Select(operation => $"{operation.Name}: {operation.Methods[0]} {operation.Route}"));

    [Fact]
    public void Words_AreOfTheFormAreaVerb() => Violations.None(Operations
        .Where(operation => operation.Audit is { } word && !Regex.IsMatch(word, @"^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$")).Select(operation => $"{operation.Name}: {operation.Audit}"));

    [Fact]
    public void Reasons_AreOfOperationsThatNeedThem() => Violations.None(Unaudited
        .Where(row => row.Value.Length < 20 || !Changing(Operations).Any(operation => operation.Name == row.Key && operation.Audit is null)).Select(row => row.Key));

    private static IEnumerable<Operation> Changing(IEnumerable<Operation> operations) => operations.Where(operation => operation.Methods.Any(method => method is not ("GET" or "HEAD" or "OPTIONS")));
}
