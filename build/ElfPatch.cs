// Makes a COPY of TorchSharp's libLibTorchSharp.so load on Linux systems whose libstdc++ is older than GCC 13
// (Debian 12, Ubuntu 22.04, RHEL 9).
//
// The library asks for version GLIBCXX_3.4.32 because of one symbol, std::ios_base_library_init(). An older libstdc++ does
// that work on its own when it is loaded, so nothing is lost when the call is gone. In the copy
//   1. the wanted version GLIBCXX_3.4.32 is renamed to GLIBCXX_3.4.30, which the library wants anyway, and
//   2. the symbol is renamed to std::chrono::steady_clock::now(), which takes nothing and changes nothing.
// These are 14 bytes of the dynamic symbol tables; no code changes. A library that does not need the change is copied as it
// is, and one that this file does not know (another symbol needs the version as well) is refused.
//
// Two programs compile this file: MSBuild, for the task at its end (RoslynCodeTaskFactory takes one source file, refers to
// netstandard2.0 and defines no symbol), and the library, for the loader and the diagnosis of hosts without MSBuild.
#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace TorchLoss.Native
{
    /// <summary>What <see cref="ElfPatch.Apply"/> found and did.</summary>
    internal enum ElfPatchResult
    {
        /// <summary>Not a 64-bit little-endian ELF file: left alone.</summary>
        NotElf,

        /// <summary>Does not ask for the version that older systems lack: left alone.</summary>
        NotNeeded,

        /// <summary>Asked for the version; no longer does.</summary>
        Patched,
    }

    /// <summary>The change of libLibTorchSharp.so that the head of this file describes.</summary>
    internal static class ElfPatch
    {
        /// <summary>The version that a libstdc++ older than GCC 13 does not have.</summary>
        public const string MissingVersion = "GLIBCXX_3.4.32";
        private const string PresentVersion = "GLIBCXX_3.4.30";
        private const string InitSymbol = "_ZSt21ios_base_library_initv";
        private const string HarmlessSymbol = "_ZNSt6chrono3_V212steady_clock3nowEv";

        /// <summary>Changes <paramref name="library"/> in place, where it needs it.</summary>
        /// <exception cref="InvalidDataException">The file is cut off or damaged.</exception>
        /// <exception cref="NotSupportedException">The library is not one that this change is right for.</exception>
        public static ElfPatchResult Apply(byte[] library)
        {
            if (!ElfFile.IsElf64(library))
            {
                return ElfPatchResult.NotElf;
            }

            var elf = new ElfFile(library);
            var needs = elf.VersionNeeds();
            var missing = needs.Find(need => need.Version == MissingVersion);
            if (missing is null)
            {
                return ElfPatchResult.NotNeeded;
            }

            var present = needs.Find(need => need.Version == PresentVersion && need.Library == missing.Library);
            long init = elf.FindSymbol(InitSymbol);
            long harmless = elf.FindSymbol(HarmlessSymbol);
            if (present is null || init < 0 || harmless < 0)
            {
                throw new NotSupportedException(
                    "this build of libLibTorchSharp.so needs " + MissingVersion + " in a way that is not known here"
                );
            }

            for (long symbol = 0; symbol < elf.SymbolCount; symbol++)
            {
                if (symbol != init && elf.VersionIndex(symbol) == missing.Index)
                {
                    throw new NotSupportedException(
                        "this build of libLibTorchSharp.so needs "
                            + MissingVersion
                            + " for more than the one symbol known here: "
                            + elf.SymbolName(symbol)
                    );
                }
            }

            elf.CopySymbolNameAndVersion(from: harmless, to: init);
            elf.CopyVersionNeed(from: present, to: missing);
            return ElfPatchResult.Patched;
        }

        /// <summary>
        /// Writes the loadable copy of <paramref name="source"/>. The file appears complete or not at all: it is written beside its
        /// place and renamed, so that builds running at the same time do not see each other's half-written file.
        /// </summary>
        public static ElfPatchResult CopyPatched(string source, string destination)
        {
            byte[] library = File.ReadAllBytes(source);
            var result = Apply(library);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(destination))!);
            string aside = destination + "." + Guid.NewGuid().ToString("N") + ".tmp";
            try
            {
                File.WriteAllBytes(aside, library);
                if (!File.Exists(destination))
                {
                    File.Move(aside, destination);
                }
                else
                {
                    File.Replace(aside, destination, null);
                }
            }
            catch (IOException) when (SameContent(destination, library))
            {
                // somebody else was faster and wrote the same
            }
            finally
            {
                File.Delete(aside);
            }

            return result;
        }

        private static bool SameContent(string path, byte[] content)
        {
            if (!File.Exists(path))
            {
                return false;
            }

            byte[] there = File.ReadAllBytes(path);
            if (there.Length != content.Length)
            {
                return false;
            }

            for (int i = 0; i < content.Length; i++)
            {
                if (there[i] != content[i])
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>
    /// The few tables of a 64-bit little-endian ELF file that symbol versions live in. Every read is checked against the length
    /// of the file. Names in comments are those of the ELF specification and of the GNU symbol versioning document.
    /// </summary>
    internal sealed class ElfFile
    {
        private const uint DynamicSymbols = 11; // SHT_DYNSYM
        private const uint Versions = 0x6fffffff; // SHT_GNU_versym
        private const uint NeededVersions = 0x6ffffffe; // SHT_GNU_verneed
        private const uint DefinedVersions = 0x6ffffffd; // SHT_GNU_verdef
        private const int SymbolSize = 24; // sizeof(Elf64_Sym)
        private const int HeaderSize = 64; // sizeof(Elf64_Ehdr)

        private readonly byte[] _bytes;
        private readonly List<Section> _sections = new List<Section>();
        private readonly Section? _symbols;
        private readonly Section? _names;
        private readonly Section? _versions;

        public ElfFile(byte[] bytes)
        {
            if (!IsElf64(bytes))
            {
                throw new InvalidDataException("not a 64-bit little-endian ELF file");
            }

            _bytes = bytes;
            long table = Int64(0x28); // e_shoff
            int entrySize = UInt16(0x3A); // e_shentsize
            int count = UInt16(0x3C); // e_shnum
            for (int i = 0; i < count; i++)
            {
                long header = table + ((long)i * entrySize);
                _sections.Add(
                    new Section
                    {
                        Type = UInt32(header + 4),
                        Offset = Int64(header + 24),
                        Size = Int64(header + 32),
                        Link = UInt32(header + 40),
                        Info = UInt32(header + 44),
                    }
                );
            }

            _symbols = Find(DynamicSymbols);
            _versions = Find(Versions);
            _names = _symbols is null ? null : LinkOf(_symbols);
        }

        public long SymbolCount => _symbols is null ? 0 : _symbols.Size / SymbolSize;

        public static bool IsElf64(byte[] bytes)
        {
            const byte Bits64 = 2;
            const byte LittleEndian = 1;
            return bytes.Length >= HeaderSize
                && bytes[0] == 0x7f
                && bytes[1] == 'E'
                && bytes[2] == 'L'
                && bytes[3] == 'F'
                && bytes[4] == Bits64
                && bytes[5] == LittleEndian;
        }

        public string SymbolName(long symbol)
        {
            return Text(_names!, UInt32(_symbols!.Offset + (symbol * SymbolSize)));
        }

        /// <summary>The index of a symbol in the dynamic symbol table; -1 where there is none.</summary>
        public long FindSymbol(string name)
        {
            for (long i = 0; i < SymbolCount; i++)
            {
                if (SymbolName(i) == name)
                {
                    return i;
                }
            }

            return -1;
        }

        /// <summary>The version that a symbol is bound to, as an index that a <see cref="VersionNeed"/> carries.</summary>
        public int VersionIndex(long symbol)
        {
            const int HiddenBit = 0x8000;
            return _versions is null ? 0 : UInt16(_versions.Offset + (symbol * 2)) & ~HiddenBit;
        }

        /// <summary>The versions that this file asks of other libraries.</summary>
        public List<VersionNeed> VersionNeeds()
        {
            var needs = new List<VersionNeed>();
            var section = Find(NeededVersions);
            if (section is null)
            {
                return needs;
            }

            var names = LinkOf(section);
            long entry = section.Offset;
            for (uint i = 0; i < section.Info; i++)
            {
                string library = Text(names, UInt32(entry + 4)); // vn_file
                long version = entry + UInt32(entry + 8); // vn_aux
                for (int left = UInt16(entry + 2); left > 0; left--) // vn_cnt
                {
                    needs.Add(
                        new VersionNeed
                        {
                            Library = library,
                            Version = Text(names, UInt32(version + 8)), // vna_name
                            Index = UInt16(version + 6), // vna_other
                            Offset = version,
                        }
                    );
                    version += UInt32(version + 12); // vna_next
                }

                entry += UInt32(entry + 12); // vn_next
            }

            return needs;
        }

        /// <summary>The versions that this file offers to others, as libstdc++.so.6 offers GLIBCXX_3.4.30.</summary>
        public List<string> VersionDefinitions()
        {
            var versions = new List<string>();
            var section = Find(DefinedVersions);
            if (section is null)
            {
                return versions;
            }

            var names = LinkOf(section);
            long entry = section.Offset;
            for (uint i = 0; i < section.Info; i++)
            {
                long name = entry + UInt32(entry + 12); // vd_aux; its first entry is the version itself
                versions.Add(Text(names, UInt32(name))); // vda_name
                entry += UInt32(entry + 16); // vd_next
            }

            return versions;
        }

        /// <summary>Makes one symbol a second entry of another: same name, same version.</summary>
        public void CopySymbolNameAndVersion(long from, long to)
        {
            Copy(_symbols!.Offset + (from * SymbolSize), _symbols.Offset + (to * SymbolSize), 4); // st_name
            Copy(_versions!.Offset + (from * 2), _versions.Offset + (to * 2), 2);
        }

        /// <summary>Makes one wanted version the name of another; its index stays.</summary>
        public void CopyVersionNeed(VersionNeed from, VersionNeed to)
        {
            Copy(from.Offset, to.Offset, 4); // vna_hash
            Copy(from.Offset + 8, to.Offset + 8, 4); // vna_name
        }

        private Section? Find(uint type)
        {
            return _sections.Find(section => section.Type == type);
        }

        private Section LinkOf(Section section)
        {
            if (section.Link >= _sections.Count)
            {
                throw new InvalidDataException("the file is damaged: a section names string table " + section.Link);
            }

            return _sections[(int)section.Link];
        }

        private string Text(Section names, uint offset)
        {
            long start = names.Offset + offset;
            long end = start;
            while (_bytes[Checked(end, 1)] != 0)
            {
                end++;
            }

            return Encoding.ASCII.GetString(_bytes, (int)start, (int)(end - start));
        }

        private ushort UInt16(long offset)
        {
            return BitConverter.ToUInt16(_bytes, Checked(offset, 2));
        }

        private uint UInt32(long offset)
        {
            return BitConverter.ToUInt32(_bytes, Checked(offset, 4));
        }

        private long Int64(long offset)
        {
            return BitConverter.ToInt64(_bytes, Checked(offset, 8));
        }

        private void Copy(long from, long to, int count)
        {
            Buffer.BlockCopy(_bytes, Checked(from, count), _bytes, Checked(to, count), count);
        }

        private int Checked(long offset, int count)
        {
            if (offset < 0 || offset > _bytes.Length - count)
            {
                throw new InvalidDataException(
                    "the file is cut off or damaged: it has "
                        + _bytes.Length
                        + " bytes, and a table of it lies at "
                        + offset
                );
            }

            return (int)offset;
        }

        /// <summary>One version that this file asks of a library.</summary>
        internal sealed class VersionNeed
        {
            public string Library = "";
            public string Version = "";
            public int Index;
            public long Offset;
        }

        private sealed class Section
        {
            public uint Type;
            public long Offset;
            public long Size;
            public uint Link;
            public uint Info;
        }
    }
}

#if !NET // MSBuild's part
namespace TorchLoss.Native
{
    using Microsoft.Build.Framework;
    using Microsoft.Build.Utilities;

    /// <summary>Writes the loadable copy of libLibTorchSharp.so.</summary>
    public sealed class PatchLibTorchSharp : Task
    {
        [Required]
        public string Source { get; set; } = "";

        [Required]
        public string Destination { get; set; } = "";

        public override bool Execute()
        {
            try
            {
                var result = ElfPatch.CopyPatched(Source, Destination);
                string what =
                    result == ElfPatchResult.Patched
                        ? "made loadable on systems with a libstdc++ older than GCC 13"
                        : "copied unchanged";
                Log.LogMessage(MessageImportance.Normal, "TorchLoss: {0} {1}: {2}", Source, what, Destination);
            }
            catch (InvalidDataException e)
            {
                Log.LogError(
                    "TorchLoss: {0}: {1}. Delete the folder of this package in the NuGet cache and restore again.",
                    Source,
                    e.Message
                );
            }
            catch (Exception e)
                when (e is NotSupportedException || e is IOException || e is UnauthorizedAccessException)
            {
                Log.LogError(
                    "TorchLoss: {0}: {1}. With -p:TorchLossPatchNative=false the library is used as it is.",
                    Source,
                    e.Message
                );
            }

            return !Log.HasLoggedErrors;
        }
    }
}
#endif
