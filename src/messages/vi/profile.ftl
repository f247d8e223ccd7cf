# Hồ sơ quy định
profile_unusable = Không dùng được hồ sơ quy định: { $why }
profile_unknown = Không có hồ sơ quy định «{ $profile }». Hiện có: { $known }.
check_file_unreadable = Không mở được tệp { $path }: { $why }
