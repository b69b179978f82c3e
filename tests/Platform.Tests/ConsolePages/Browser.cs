using Microsoft.Playwright;

using Platform.Tests.Fixtures;

namespace Platform.Tests.ConsolePages;

/// <summary>A person with a real browser at an app. What the browser complains about is kept; pictures are left in artifacts/screenshots.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly List<string> _complaints = [];
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser, Microsoft.Playwright.IPage page, PlatformApp app) => (_playwright, _browser, Page, App) = (playwright, browser, page, app);

    public PlatformApp App { get; }

    public Microsoft.Playwright.IPage Page { get; }

    public static async Task<Browser> StartAsync(PlatformApp app)
    {
        var playwright = await Playwright.CreateAsync();
        var chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] }); // as root, in a container
        var browser = new Browser(playwright, chromium, await chromium.NewPageAsync(new() { ViewportSize = new() { Width = 1200, Height = 1000 } }), app);
        browser.Page.PageError += (_, error) => browser._complaints.Add(error);
        browser.Page.Console += (_, message) =>
        {
            if (message.Type == "error")
                browser._complaints.Add($"{browser.Page.Url}: {message.Text}");
        };
        return browser;
    }

    /// <summary>Signs in by the form of the page, which the browser then shows.</summary>
    public async Task SignInAsync(TestUser user, string path)
    {
        await GoAsync(path);
        _complaints.Clear(); // the answer that is the sign-in has the status 401
        await Page.FillAsync("input[name=username]", user.Username);
        await Page.FillAsync("input[name=password]", PlatformApp.Password);
        await CheckAccessAsync();
        await Page.ClickAsync("form.sign-in button");
        await Assertions.Expect(Page.Locator("#sign-out")).ToBeVisibleAsync();
    }

    public Task GoAsync(string path) => Page.GotoAsync(new Uri(App.BaseAddress, path).ToString());

    /// <summary>Follows the link with that text and holds the page against the rules of access.</summary>
    public async Task FollowAsync(string link, string heading)
    {
        await Page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).First.ClickAsync();
        await Assertions.Expect(Page.Locator("h1")).ToHaveTextAsync(heading);
        await CheckAccessAsync();
    }

    /// <summary>What a reader with a keyboard or a screen reader needs of any page.</summary>
    public async Task CheckAccessAsync()
    {
        var problems = await Page.EvaluateAsync<string[]>(Rules);
        Violations.None(problems.Select(problem => $"{Page.Url}: {problem}"));
    }

    public async Task PictureAsync(string name) => await Page.ScreenshotAsync(new() { Path = RepositoryFiles.PathOf("artifacts", "screenshots", $"console-{name}.png"), FullPage = true });

    public void NoComplaints() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private const string Rules = """
        () => {
          const problems = [];
          const all = (selector) => [...document.querySelectorAll(selector)];
          const say = (element, problem) => problems.push(`${problem}: ${element.outerHTML.slice(0, 120)}`);
          if (document.documentElement.lang !== 'en') problems.push('the page has no language');
          if (!document.title.trim()) problems.push('the page has no title');
          if (all('main').length !== 1) problems.push('there is not one main part');
          if (all('h1').length !== 1) problems.push('there is not one first heading');
          let level = 0;
          for (const heading of all('h1, h2, h3, h4')) {
            const own = Number(heading.tagName[1]);
            if (own > level + 1) say(heading, 'a level of headings is left out');
            if (!heading.textContent.trim()) say(heading, 'a heading says nothing');
            level = own;
          }
          for (const field of all('input:not([type=hidden]), select, textarea')) {
            if (field.labels.length === 0 && !field.getAttribute('aria-label')) say(field, 'a field has no label');
          }
          for (const thing of all('button, a[href]')) {
            if (!(thing.getAttribute('aria-label') || thing.textContent).trim()) say(thing, 'a button or link says nothing');
          }
          for (const image of all('img')) { if (!image.hasAttribute('alt')) say(image, 'an image has no text'); }
          for (const image of all('svg')) {
            if (image.getAttribute('role') !== 'img' || !image.getAttribute('aria-label')) say(image, 'a drawing has no text');
          }
          for (const table of all('table')) {
            if (!table.caption || !table.caption.textContent.trim()) say(table, 'a table has no caption');
            for (const head of table.querySelectorAll('th')) { if (!head.scope) say(head, 'a head has no scope'); }
          }
          for (const nav of all('nav')) { if (!nav.getAttribute('aria-label')) say(nav, 'a navigation has no name'); }
          const ids = all('[id]').map((element) => element.id);
          for (const id of new Set(ids)) { if (ids.filter((other) => other === id).length > 1) problems.push(`the id ${id} is there twice`); }
          if (all('[style], [onclick], style, script:not([src])').length > 0) problems.push('style or script stands in the page');
          for (const file of all('script[src], link[href], img[src]')) {
            if (new URL(file.src || file.href).origin !== location.origin) say(file, 'something foreign is loaded');
          }
          for (const text of all('main p, main dt, main dd, main td, main th, main caption, main h1, main h2, main a, main button, header a, header span, nav a, label')) {
            if (!text.checkVisibility() || !text.textContent.trim()) continue;
            const ratio = contrast(text);
            if (ratio < 4.5) say(text, `the contrast is ${ratio.toFixed(2)}`);
          }
          return problems;

          // Colours are painted over each other, as the browser paints them: canvas knows every way to write one.
          function contrast(element) {
            const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
            const layers = [];
            for (let at = element; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
            canvas.fillStyle = 'Canvas';
            canvas.fillStyle = matchMedia('(prefers-color-scheme: dark)').matches ? '#121212' : '#ffffff';
            canvas.fillRect(0, 0, 1, 1);
            for (const layer of layers) { canvas.fillStyle = layer; canvas.fillRect(0, 0, 1, 1); }
            const back = luminance(canvas);
            canvas.fillStyle = getComputedStyle(element).color;
            canvas.fillRect(0, 0, 1, 1);
            const front = luminance(canvas);
            return (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
          }

          function luminance(canvas) {
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255)
              .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          }
        }
        """;
}
