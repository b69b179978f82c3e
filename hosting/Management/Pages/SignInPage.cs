using EmbeddedFunctions.Hosting;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Management.Pages;

/// <summary>What visitors see who may not see the rest.</summary>
internal static class SignInPage
{
    public static Task WriteAsync(HttpContext http, string returnTo, string? refusal) => PageLayout.WriteAsync(
        http,
        StatusCodes.Status401Unauthorized,
        "Sign in",
        new OperatorVisit(OperatorStanding.SignedOut),
        new HtmlText().Add($"""
            <h1>Sign in</h1>
            {Refusal(refusal)}
            <form method="post" action="{PageLayout.Root}/sign-in" class="sign-in">
            <input type="hidden" name="returnTo" value="{returnTo}">
            <label>Username <input name="username" required autocomplete="username" autofocus></label>
            <label>Password <input name="password" type="password" required autocomplete="current-password"></label>
            <label>Two-factor code, if the account has one <input name="code" autocomplete="one-time-code"></label>
            <button>Sign in</button>
            </form>
            <p>These pages are for the operator of this installation.</p>
            """));

    public static Task WriteMessageAsync(HttpContext http, int status, string message, OperatorVisit visit) =>
        PageLayout.WriteAsync(http, status, "Orchestrations", visit, new HtmlText().Add($"<p class=\"refusal\">{message}</p>"));

    private static HtmlText? Refusal(string? refusal) => refusal is null ? null : new HtmlText().Add($"<p class=\"refusal\">{refusal}</p>");
}
