using System.Text;
using System.Text.Json.Nodes;
using Ebla.Operations;
using Ebla.Operations.Contents;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class CatTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_object_decodes_and_shows_no_secret()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await filled.AddOtherKindsAsync();
        await using Repository repository = await TestRepository.OpenAsync(new TamperedBackend(filled.Backend));
        StringBuilder all = new();
        (CatKind Kind, ObjectKind Objects)[] kinds =
        [
            (CatKind.Key, ObjectKind.Key), (CatKind.Snapshot, ObjectKind.Snapshot), (CatKind.Pack, ObjectKind.Pack),
            (CatKind.Index, ObjectKind.Index), (CatKind.Session, ObjectKind.Session), (CatKind.Condemned, ObjectKind.Condemned),
            (CatKind.Note, ObjectKind.Note),
        ];
        foreach ((CatKind kind, ObjectKind objects) in kinds)
        {
            foreach (ObjectName name in await filled.ListAsync(objects))
            {
                JsonObject json = await CatOperation.ReadAsync(repository, kind, name.Id.ToString()[..16], Token);
                Assert.Equal(name.Id.ToString(), (string?)json["id"]);
                _ = all.Append(json.ToJsonString());
            }
        }
        JsonObject header = await CatOperation.ReadAsync(repository, CatKind.Header, "", Token);
        Assert.Equal(repository.Id.ToString(), (string?)header["repository_id"]);
        _ = all.Append(header.ToJsonString());
        foreach (byte[] secret in (byte[][])[
            TestRepository.KeyFile, repository.Keys.Ring.FileIdKey.ToArray(), repository.Keys.Ring.TreeIdKey.ToArray(),
            repository.Keys.Ring.CatalogKey.ToArray(), repository.Keys.Member.Seed.ToArray()])
        {
            Assert.DoesNotContain(Convert.ToHexStringLower(secret), all.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToBase64String(secret), all.ToString(), StringComparison.Ordinal);
        }
        Assert.Contains(filled.Folder, all.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_a_snapshot_its_tree_blobs_lead_to_a_files_bytes()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(new TamperedBackend(filled.Backend));
        JsonObject at = await CatOperation.ReadAsync(repository, CatKind.Snapshot, "latest", Token);
        string tree = (string)at["root"]!;
        JsonNode? node = null;
        foreach (string name in filled.Folder.Split('/', StringSplitOptions.RemoveEmptyEntries).Append("big"))
        {
            JsonObject decoded = await CatOperation.ReadAsync(repository, CatKind.Tree, tree, Token);
            node = Assert.Single((JsonArray)decoded["nodes"]!, entry => (string)entry!["name"]! == name);
            tree = (string?)node!["subtree"] ?? "";
        }
        using MemoryStream content = new();
        foreach (JsonNode? piece in (JsonArray)node!["content"]!)
        {
            await CatOperation.CopyBlobAsync(repository, (string)piece!["blob"]!, content, Token);
        }
        byte[] expected = await File.ReadAllBytesAsync(Path.Combine(filled.Folder, "big"), Token);
        Assert.Equal(expected, content.ToArray());

        using MemoryStream file = new();
        _ = await CatOperation.CopyFileAsync(repository, SnapshotPath.Parse($"latest:{filled.Folder}/big"), file, Token);
        Assert.Equal(expected, file.ToArray());
    }

    [Fact]
    public async Task What_is_not_there_or_no_id_is_refused()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(new TamperedBackend(filled.Backend));
        foreach (string id in (string[])["", "abc", "ABCDEF", "../x", new string('0', 64), new string('a', 65)])
        {
            _ = await Assert.ThrowsAsync<MissingObjectException>(
                () => CatOperation.ReadAsync(repository, CatKind.Pack, id, Token));
            _ = await Assert.ThrowsAsync<MissingObjectException>(
                () => CatOperation.ReadAsync(repository, CatKind.Tree, id, Token));
            _ = await Assert.ThrowsAsync<MissingObjectException>(
                () => CatOperation.CopyBlobAsync(repository, id, Stream.Null, Token));
        }
        _ = await Assert.ThrowsAsync<SnapshotNotFoundException>(
            () => CatOperation.CopyFileAsync(repository, SnapshotPath.Parse($"latest:{filled.Folder}"), Stream.Null, Token));
    }
}
