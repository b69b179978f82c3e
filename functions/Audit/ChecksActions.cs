using System.Collections.Frozen;
using Platform.Audit;
using Platform.Data;

namespace Platform.Functions.Audit;

/// <summary>
/// The checks family's words for audit actions. One store holds <c>area.verb</c>; most words are <c>area_verbed</c>, and the contract's own are in the table.
/// </summary>
internal static class ChecksActions
{
    private static readonly FrozenDictionary<string, string> Words = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ai.create"] = "ai_create",
        ["ai.fix"] = "ai_fix",
        ["impersonation.start"] = "impersonation_start",
        ["impersonation.stop"] = "impersonation_stop",
        ["invitation.accept"] = "member_joined",
        ["job_key.create"] = "api_key_created",
        ["job_key.update"] = "api_key_updated",
        ["job_key.delete"] = "api_key_deleted",
        ["monitor.maintain"] = "monitor_status_maintenance",
        ["playground.run"] = "playground_test_executed",
        ["run.delete"] = "run_delete",
        ["scheduler.initialize"] = "scheduler_initialized",
        ["status_page.upload"] = "status_page_asset_uploaded",
        ["team.invite"] = "invitation_created",
        ["team.join"] = "member_joined",
        ["team.remove"] = "member_removed",
        ["team.role_change"] = "member_role_updated",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string WordOf(string action, AuditOutcome outcome)
    {
        if (Words.TryGetValue(action, out var word))
            return word;
        if (action == "variable.decrypt")
            return $"secret_decrypt_{(outcome == AuditOutcome.Denied ? "unauthorized" : EnumWords<AuditOutcome>.ToWord(outcome))}";
        var dot = action.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? action : $"{action[..dot]}_{PastOf(action[(dot + 1)..])}";
    }

    // permissions_change -> permissions_changed
    private static string PastOf(string verb)
    {
        var last = verb.LastIndexOf('_');
        return verb[..(last + 1)] + Verbs.Past(verb[(last + 1)..]);
    }
}
