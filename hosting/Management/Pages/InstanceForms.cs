using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Management.Pages;

/// <summary>The forms for what is possible in the instance's status. Each opens first, so that nothing is done by one wrong click.</summary>
internal static class InstanceForms
{
    public static HtmlText Of(StoredInstance instance, string? token)
    {
        var forms = new HtmlText();
        if (token is null)
            return forms.Add($"<p class=\"empty\">Sign in with a browser session to change anything.</p>");

        if (NewInstance.Finished.Contains(instance.Status))
            return Frame(AddForFinished(forms, instance, token));

        forms.Add(Form("raise-event", "Raise event", instance, token, new HtmlText().Add($"""
            <label>Event <input name="eventName" required></label>
            <label>Payload (JSON, may be empty) <textarea name="payload" rows="3"></textarea></label>
            """)));
        forms.Add(instance.Status == OrchestrationRuntimeStatus.Suspended
            ? Form("resume", "Resume", instance, token, Reason())
            : Form("suspend", "Suspend", instance, token, Reason()));
        return Frame(forms.Add(Form("terminate", "Terminate", instance, token, Reason())));
    }

    private static HtmlText AddForFinished(HtmlText forms, StoredInstance instance, string token)
    {
        if (instance.Status == OrchestrationRuntimeStatus.Failed)
            forms.Add(Form("rewind", "Rewind", instance, token, new HtmlText().Add($"<p>Runs what has failed once more; what has succeeded stays.</p>\n{Reason()}")));
        forms.Add(Form("restart", "Restart", instance, token, new HtmlText().Add($"""
            <p>Runs the orchestration once more from the beginning, with the same input.</p>
            <label><input type="checkbox" name="newId" checked> Under a new id; otherwise this run and its history are replaced</label>
            """)));
        return forms.Add(Form("purge", "Purge", instance, token, new HtmlText().Add($"<p>Removes the instance and its history for good.</p>")));
    }

    private static HtmlText Frame(HtmlText forms) => new HtmlText().Add($"<section class=\"actions\">\n{forms}</section>");

    private static HtmlText Reason() => new HtmlText().Add($"<label>Reason <input name=\"reason\"></label>");

    private static HtmlText Form(string action, string title, StoredInstance instance, string token, HtmlText fields) => new HtmlText().Add($"""
        <details><summary>{title}</summary>
        <form method="post" action="{PageLayout.Root}/actions/{action}">
        <input type="hidden" name="token" value="{token}">
        <input type="hidden" name="id" value="{instance.Header.InstanceId}">
        {fields}
        <button>{title}</button>
        </form></details>

        """);
}
