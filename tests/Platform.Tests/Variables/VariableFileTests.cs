using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Blobs;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Variables;

namespace Platform.Tests.Variables;

/// <summary>File variables: uploads, their limits, and what becomes of the bytes.</summary>
public abstract class VariableFileTests(PlatformApp app)
{
    private const int MaxFile = 5 * 1024 * 1024;

    [Fact]
    public async Task File_FromUploadToDeletion_KeepsItsBytes()
    {
        var project = await StartAsync();
        var bytes = Enumerable.Range(0, 70_000).Select(i => (byte)i).ToArray();

        var created = (await project.UploadAsync(VariableClient.Form("USERS", "dir/näme 1.csv", bytes, "application/octet-stream", "people"))).Data();

        Assert.Equal(
            ("file", "näme 1.csv", 70_000, "text/csv", "people", false),
            (Text(created, "type"), Text(created, "fileName"), created.GetProperty("fileSize").GetInt32(), Text(created, "mimeType"), Text(created, "description"), created.TryGetProperty("value", out _)));
        var id = created.GetProperty("id").GetGuid();
        Assert.Equal(created.ToString(), (await project.GetAsync(id)).Data().ToString());
        using var download = await project.DownloadAsync(id);
        Assert.Equal((HttpStatusCode.OK, "text/csv", "no-store"), (download.StatusCode, download.Content.Headers.ContentType?.MediaType, download.Headers.CacheControl?.ToString()));
        Assert.Equal("attachment", download.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("näme 1.csv", download.Content.Headers.ContentDisposition?.FileNameStar);
        Assert.Equal("nosniff", download.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(bytes, await download.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.BadRequest, (await project.DecryptAsync(id)).Status);

        Assert.Equal(HttpStatusCode.OK, (await project.DeleteAsync(id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await project.DownloadAsync(id)).StatusCode);
        Assert.DoesNotContain(await BlobsAsync(), blob => blob.Length == bytes.Length);
    }

    [Fact]
    public async Task Upload_ByExtensionOrPart_GetsItsType()
    {
        var project = await StartAsync();
        (string Name, string? Part, string? Expected)[] files =
        [
            ("a.csv", null, "text/csv"), ("a.JSON", "text/html", "application/json"), ("a.txt", null, "text/plain"), ("a.tsv", null, "text/tab-separated-values"), ("a.xml", null, "application/xml"),
            ("a.yaml", null, "application/yaml"), ("a.yml", null, "application/yaml"), ("data", "text/csv; charset=utf-8", "text/csv"), ("a.bin", "TEXT/XML", "text/xml"),
            ("a.exe", null, null), ("a.html", "text/html", null), ("data", null, null), ("a.bin", "nonsense", null),
        ];
        for (var i = 0; i < files.Length; i++)
        {
            using var form = new MultipartFormDataContent { { new StringContent($"FILE_{i}"), "key" } };
            var file = new ByteArrayContent([1]);
            if (files[i].Part is { } type)
                file.Headers.TryAddWithoutValidation("Content-Type", type);
            form.Add(file, "file", files[i].Name);
            var answer = await project.UploadAsync(form);
            Assert.Equal((files[i], files[i].Expected is null ? HttpStatusCode.BadRequest : HttpStatusCode.OK), (files[i], answer.Status));
            if (files[i].Expected is { } expected)
                Assert.Equal(expected, Text(answer.Data(), "mimeType"));
        }
    }

    [Fact]
    public async Task Upload_OfWrongFormOrSize_IsRefusedAndStoresNothing()
    {
        var project = await StartAsync();
        var before = (await BlobsAsync()).Count;
        using var twice = VariableClient.Form("TWICE", "a.csv");
        twice.Add(new ByteArrayContent([1]), "file", "b.csv");
        using var elsewhere = new MultipartFormDataContent { { new StringContent("ELSEWHERE"), "key" }, { new ByteArrayContent([1]), "upload", "a.csv" } };
        using var keys = VariableClient.Form("FIRST_KEY", "a.csv");
        keys.Add(new StringContent("SECOND_KEY"), "key");
        using var latin = VariableClient.Form(null, "a.csv");
        latin.Add(new ByteArrayContent([0x4B, 0x45, 0x59, 0xFF]), "key");
        using var many = VariableClient.Form("MANY_PARTS", "a.csv");
        for (var i = 0; i < 64; i++)
            many.Add(new StringContent("x"), $"p{i}");
        using var control = VariableClient.Form("CONTROL");
        var odd = new ByteArrayContent([1]);
        odd.Headers.TryAddWithoutValidation("Content-Disposition", "form-data; name=\"file\"; filename*=utf-8''a%0Ab.csv");
        control.Add(odd);
        (string What, HttpContent Form, HttpStatusCode Status)[] bad =
        [
            ("no file", VariableClient.Form("NO_FILE"), HttpStatusCode.BadRequest),
            ("no key", VariableClient.Form(null, "a.csv"), HttpStatusCode.BadRequest),
            ("bad key", VariableClient.Form("bad", "a.csv"), HttpStatusCode.BadRequest),
            ("reserved key", VariableClient.Form("PLATFORM_X", "a.csv"), HttpStatusCode.BadRequest),
            ("long description", VariableClient.Form("LONG_TEXT", "a.csv", description: new string('d', 301)), HttpStatusCode.BadRequest),
            ("empty", VariableClient.Form("EMPTY", "a.csv", []), HttpStatusCode.BadRequest),
            ("above 5 MiB", VariableClient.Form("BIG_FILE", "a.csv", new byte[MaxFile + 1]), HttpStatusCode.BadRequest),
            ("above 6 MiB", VariableClient.Form("BIGGER", "a.csv", new byte[6 * 1024 * 1024]), HttpStatusCode.RequestEntityTooLarge),
            ("long name", VariableClient.Form("LONG_NAME", new string('n', 252) + ".csv"), HttpStatusCode.BadRequest),
            ("two files", twice, HttpStatusCode.BadRequest),
            ("file in another part", elsewhere, HttpStatusCode.BadRequest),
            ("two keys", keys, HttpStatusCode.BadRequest),
            ("invalid UTF-8", latin, HttpStatusCode.BadRequest),
            ("many parts", many, HttpStatusCode.BadRequest),
            ("control character in the name", control, HttpStatusCode.BadRequest),
            ("cut", Raw("--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nCUT_BODY", "multipart/form-data; boundary=b"), HttpStatusCode.BadRequest),
            ("no multipart inside", Raw("{}", "multipart/form-data; boundary=b"), HttpStatusCode.BadRequest),
            ("no boundary", Raw("{}", "multipart/form-data"), HttpStatusCode.UnsupportedMediaType),
        ];
        foreach (var (what, form, status) in bad)
        {
            var answer = await project.UploadAsync(form);
            Assert.Equal((what, status), (what, answer.Status));
            Assert.NotEmpty(answer.Error());
        }

        Assert.Empty((await project.ListAsync()).Data().EnumerateArray());
        Assert.Equal(before, (await BlobsAsync()).Count);
        await project.UploadedAsync("FULL_SIZE", new string('n', 251) + ".csv", new byte[MaxFile]);
    }

    [Fact]
    public async Task Update_OfAFile_TakesMultipartAndReplacesTheBytes()
    {
        var project = await StartAsync();
        var id = await project.UploadedAsync("SETTINGS", "a.json", "{\"a\":1}"u8.ToArray());
        var plain = await project.CreatedAsync(new { key = "PLAIN", value = "x" });
        var former = await ContentAsync(id);

        foreach (var change in new object[] { new { description = "d" }, new { value = "x" }, new { isSecret = true } })
            Assert.Equal(HttpStatusCode.BadRequest, (await project.UpdateAsync(id, change)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await project.UpdateAsync(plain, VariableClient.Form("PLAIN", "a.json"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await project.UpdateAsync(id, VariableClient.Form(null, "a.exe"))).Status);
        var taken = await project.UpdateAsync(id, VariableClient.Form("PLAIN", "b.json", "taken"u8.ToArray()));
        Assert.Equal((HttpStatusCode.BadRequest, "Variable with this name already exists"), (taken.Status, taken.Error()));
        Assert.Equal("{\"a\":1}", await DownloadedAsync());

        var renamed = (await project.UpdateAsync(id, VariableClient.Form("OPTIONS", description: "renamed"))).Data();
        Assert.Equal(("OPTIONS", "a.json", "renamed", "file"), (Text(renamed, "key"), Text(renamed, "fileName"), Text(renamed, "description"), Text(renamed, "type")));
        Assert.Equal("{\"a\":1}", await DownloadedAsync());

        var replaced = (await project.UpdateAsync(id, VariableClient.Form(null, "b.yaml", "a: 2"u8.ToArray()))).Data();
        Assert.Equal(("OPTIONS", "b.yaml", "application/yaml", 4), (Text(replaced, "key"), Text(replaced, "fileName"), Text(replaced, "mimeType"), replaced.GetProperty("fileSize").GetInt32()));
        Assert.Equal("a: 2", await DownloadedAsync());
        var keys = (await BlobsAsync()).Select(blob => blob.Key).ToList();
        Assert.DoesNotContain($"variables/{former:N}", keys);
        Assert.Contains($"variables/{await ContentAsync(id):N}", keys);

        using var stale = VariableClient.Form(null, "c.yaml", "a: 3"u8.ToArray());
        stale.Add(new StringContent("1"), "version");
        Assert.Equal(HttpStatusCode.Conflict, (await project.UpdateAsync(id, stale)).Status);
        Assert.Equal("a: 2", await DownloadedAsync());
        Assert.Equal(keys.Count, (await BlobsAsync()).Count);

        async Task<string> DownloadedAsync()
        {
            using var answer = await project.DownloadAsync(id);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task Upload_RepeatedWithItsKeyAndAnotherBoundary_IsAnsweredAsBefore()
    {
        var project = await StartAsync();
        var first = await project.UploadAsync(VariableClient.Form("ONCE", "a.csv"), "upload-1");
        Assert.Equal(first.Data().ToString(), (await project.UploadAsync(VariableClient.Form("ONCE", "a.csv"), "upload-1")).Data().ToString());
        Assert.Equal(HttpStatusCode.Conflict, (await project.UploadAsync(VariableClient.Form("ONCE", "a.csv", [1]), "upload-1")).Status);
        Assert.Single((await project.ListAsync()).Data().EnumerateArray());
    }

    [Fact]
    public async Task Download_OfWhatIsNoFileOrLost_SaysSo()
    {
        var project = await StartAsync();
        var plain = await project.CreatedAsync(new { key = "PLAIN", value = "x" });
        Assert.Equal(HttpStatusCode.BadRequest, (await project.DownloadAsync(plain)).StatusCode);
        var id = await project.UploadedAsync("LOST", "a.csv", [1]);
        await app.Services.GetRequiredService<IBlobStore>().DeleteAsync($"variables/{await ContentAsync(id):N}", default);
        using var lost = await project.DownloadAsync(id);
        Assert.Equal((HttpStatusCode.NotFound, """{"error":"File not found"}"""), (lost.StatusCode, await lost.Content.ReadAsStringAsync()));
    }

    private async Task<VariableClient> StartAsync() => await VariableClient.OfAsync(app, await app.CreateUserAsync());

    private async Task<List<BlobProperties>> BlobsAsync()
    {
        var found = new List<BlobProperties>();
        await foreach (var blob in app.Services.GetRequiredService<IBlobStore>().ListAsync("variables/", default))
            found.Add(blob);
        return found;
    }

    private Task<Guid?> ContentAsync(Guid id) => app.ReadAsync(db => db.Variables.Where(variable => variable.Id == id).Select(variable => variable.ContentId).SingleAsync());

    private static StringContent Raw(string body, string type)
    {
        var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}

public sealed class VariableFileOnSqliteTests(SqliteApp fixture) : VariableFileTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class VariableFileOnPostgresTests(PostgresApp fixture) : VariableFileTests(fixture.App), IClassFixture<PostgresApp>;
