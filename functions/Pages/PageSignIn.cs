using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Platform.Functions.Identity;
using Platform.Identity.OAuth;

namespace Platform.Functions.Pages;

/// <summary>The form of a page's sign-in.</summary>
public sealed record PageSignInForm(
    [Required, StringLength(254)] string Username, [Required, StringLength(1024)] string Password, [StringLength(64)] string? Code, [StringLength(2048)] string? ReturnTo);

/// <summary>A group of pages for people.</summary>
/// <param name="Root">Path of its first page, with <c>/files/page.css</c> and <c>/sign-in</c> below it.</param>
/// <param name="Title">Said in the header.</param>
internal sealed record PageArea(string Root, string Title)
{
    /// <summary>The path if it is one of these pages, else the first one.</summary>
    public string Local(string? target) =>
        LocalRedirect.Of(target) is var path && (path == Root || path.StartsWith($"{Root}/", StringComparison.Ordinal) || path.StartsWith($"{Root}?", StringComparison.Ordinal)) ? path : Root;
}

/// <summary>Asks for a name and a password where a page needs a session, and opens it.</summary>
public sealed class PageSignIn(PasswordSignIn signIn, SessionCookies cookies)
{
    private static readonly PageTemplate Template = new("Pages.Files.sign-in.html");

    /// <summary>Opens the session and goes back to the page that asked for it; asks again where that fails.</summary>
    internal async Task<IResult> OpenAsync(PageArea area, HttpRequest http, PageSignInForm form, CancellationToken ct)
    {
        var code = form.Code is { Length: > 0 } given ? given : null;
        var outcome = await signIn.SignInAsync(new PasswordAttempt(form.Username, form.Password, code), ct);
        var target = area.Local(form.ReturnTo);
        if (!outcome.IsOk)
            return Ask(area, http, target, AuthFunctions.Told(outcome.Error));
        cookies.Write(http.HttpContext, outcome.Value);
        http.HttpContext.Response.Headers.Location = target;
        return PageAnswers.Page(http, StatusCodes.Status303SeeOther, "");
    }

    internal static IResult Ask(PageArea area, HttpRequest http, string returnTo, Error? refusal)
    {
        if (refusal?.RetryAfter is { } wait)
            http.HttpContext.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString();
        var status = refusal?.Kind switch
        {
            ErrorKind.Locked => StatusCodes.Status423Locked,
            ErrorKind.RateLimited => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status401Unauthorized,
        };
        return PageAnswers.Page(http, status, Template.Fill(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["root"] = area.Root,
            ["area"] = area.Title,
            ["return_to"] = PageTemplate.Encode(area.Local(returnTo)),
            ["refusal"] = refusal is null ? "" : $"""<p class="refusal" role="alert">{PageTemplate.Encode(refusal.Message)}</p>""",
        }));
    }
}
